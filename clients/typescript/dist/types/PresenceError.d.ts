/**
 * What went wrong, for programs:
 * - `disabled`: presence is switched off for the room or the network. Hide it. It can return.
 * - `removed`, `banned`: the user is banned from the room or the network, until `until`, for `reason`.
 * - `ended`: the room's broadcast has ended.
 * - `unauthorized`: the token was refused, and a renewed one too.
 * - `limited`: too many requests, or a limit is reached.
 * - `refused`: the request breaks a rule. The message names it.
 * - `unavailable`: no reply, or not from this server.
 * - `stopped`: stopped on this side.
 */
export type PresenceErrorKind = "disabled" | "removed" | "banned" | "ended" | "unauthorized" | "limited" | "refused" | "unavailable" | "stopped";
interface ErrorDocument {
    readonly code?: unknown;
    readonly message?: string;
    readonly data?: {
        readonly until?: string;
        readonly reason?: string;
        readonly roomIds?: readonly string[];
    };
}
/** Why a heartbeat or a read failed. */
export declare class PresenceError extends Error {
    readonly name = "PresenceError";
    readonly kind: PresenceErrorKind;
    /** The HTTP status, if there was a reply. */
    readonly status: number | undefined;
    /** The server's code, if it replied. docs/errors.md lists them. A code never changes its meaning. */
    readonly code: number | undefined;
    /** When the ban ends. */
    readonly until: Date | undefined;
    /** The reason of the ban, for the viewer. */
    readonly reason: string | undefined;
    /** The refused rooms, if a request names several. */
    readonly roomIds: readonly string[] | undefined;
    /** The server's requested wait. */
    readonly retryAfterSeconds: number | undefined;
    constructor(kind: PresenceErrorKind, message?: string, particulars?: Partial<Omit<PresenceError, "kind" | "isFinal" | keyof Error>> & ErrorOptions);
    /** The client won't retry. */
    get isFinal(): boolean;
}
export declare function unavailable(message: string, cause?: unknown): PresenceError;
export declare function notOfThisServer(cause?: unknown): PresenceError;
/** The error an answer stands for. What is not in this server's shape comes from something in between, and will pass. */
export declare function refusalOf(response: Response, now: number): Promise<PresenceError>;
/** Throws the ban that the last event of a stream tells of. What else ends a stream is told by the next attempt, which may renew the token first. */
export declare function throwBan(told?: ErrorDocument): void;
export {};
