/**
 * What went wrong, for programs:
 * - `disabled`: presence is switched off for the room or the network. Hide who is watching; it may come back.
 * - `removed`, `banned`: the user is kept out of the room or the network, until `until`, for `reason`.
 * - `ended`: the room's broadcast is over.
 * - `unauthorized`: the token is not accepted, nor was a renewed one.
 * - `limited`: too many requests, or a cap is reached.
 * - `refused`: the request breaks a rule; the message names it.
 * - `unavailable`: no answer, or none of this server's.
 * - `stopped`: it was ended from this side.
 */
export type PresenceErrorKind = "disabled" | "removed" | "banned" | "ended" | "unauthorized" | "limited" | "refused" | "unavailable" | "stopped";
/** Why a heartbeat or a read was not answered as hoped. */
export declare class PresenceError extends Error {
    readonly name = "PresenceError";
    readonly kind: PresenceErrorKind;
    /** The HTTP status, if there was an answer. */
    readonly status: number | undefined;
    /** The server's code, if it answered; docs/errors.md lists them. It keeps its meaning for ever. */
    readonly code: number | undefined;
    /** When a removal or ban ends. */
    readonly until: Date | undefined;
    /** What the viewer is told of a removal or ban. */
    readonly reason: string | undefined;
    /** The rooms that were refused, where a request names several. */
    readonly roomIds: readonly string[] | undefined;
    /** How long the server asks to wait. */
    readonly retryAfterSeconds: number | undefined;
    constructor(kind: PresenceErrorKind, message: string, particulars?: Partial<Omit<PresenceError, "kind" | "isFinal" | keyof Error>> & ErrorOptions);
    /** Nothing is tried again by itself. */
    get isFinal(): boolean;
}
export declare function unavailable(message: string, cause?: unknown): PresenceError;
export declare function notOfThisServer(cause?: unknown): PresenceError;
/** The error an answer stands for. What is not in this server's shape comes from something in between, and will pass. */
export declare function refusalOf(response: Response, now: number): Promise<PresenceError>;
