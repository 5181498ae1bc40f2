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
export type PresenceErrorKind =
  | "disabled" | "removed" | "banned" | "ended" | "unauthorized" | "limited" | "refused" | "unavailable" | "stopped";

const kindOfCode: Record<number, PresenceErrorKind> = {
  400100: "unauthorized",
  400300: "disabled",
  400312: "banned",
  499601: "removed",
  499603: "ended",
};

interface ErrorDocument {
  readonly code?: unknown;
  readonly message?: string;
  readonly data?: { readonly until?: string; readonly reason?: string; readonly roomIds?: readonly string[] };
}

/** Why a heartbeat or a read failed. */
export class PresenceError extends Error {
  override readonly name = "PresenceError";
  readonly kind: PresenceErrorKind;
  /** The HTTP status, if there was a reply. */
  declare readonly status: number | undefined;
  /** The server's code, if it replied. docs/errors.md lists them. A code never changes its meaning. */
  declare readonly code: number | undefined;
  /** When the ban ends. */
  declare readonly until: Date | undefined;
  /** The reason of the ban, for the viewer. */
  declare readonly reason: string | undefined;
  /** The refused rooms, if a request names several. */
  declare readonly roomIds: readonly string[] | undefined;
  /** The server's requested wait. */
  declare readonly retryAfterSeconds: number | undefined;

  constructor(kind: PresenceErrorKind, message?: string, particulars: Partial<Omit<PresenceError, "kind" | "isFinal" | keyof Error>> & ErrorOptions = {}) {
    super(message);
    this.kind = kind;
    Object.assign(this, particulars);
  }

  /** The client won't retry. */
  get isFinal(): boolean {
    return this.kind !== "unavailable" && this.kind !== "limited" && this.kind !== "disabled";
  }
}

export function unavailable(message: string, cause?: unknown): PresenceError {
  return new PresenceError("unavailable", message, { cause });
}

export function notOfThisServer(cause?: unknown): PresenceError {
  return unavailable("The reply isn't from the presence server.", cause);
}

/** The error an answer stands for. What is not in this server's shape comes from something in between, and will pass. */
export async function refusalOf(response: Response, now: number): Promise<PresenceError> {
  const { status } = response;
  const body: ErrorDocument | null = await response.json().catch(() => null);
  const retryAfterSeconds = secondsOf(response.headers.get("Retry-After"), now);
  if (typeof body?.code !== "number")
    return new PresenceError("unavailable", `Another server replied: ${status}.`, { status, retryAfterSeconds });

  return errorOf(body, status, retryAfterSeconds);
}

function errorOf({ code, message, data: { until, reason, roomIds } = {} }: ErrorDocument, status: number, retryAfterSeconds?: number): PresenceError {
  return new PresenceError(kindOfCode[code as number] ?? (status === 429 ? "limited" : status < 500 ? "refused" : "unavailable"), message, { status, code: code as number, until: (until && new Date(until)) as Date | undefined, reason, roomIds, retryAfterSeconds });
}

/** Throws the ban that the last event of a stream tells of. What else ends a stream is told by the next attempt, which may renew the token first. */
export function throwBan(told?: ErrorDocument): void {
  if (told?.data?.until)
    throw errorOf(told, 403);
}

/** `Retry-After` is a number of seconds or, from some proxies, a date. */
function secondsOf(retryAfter: string | null, now: number): number | undefined {
  if (!retryAfter)
    return undefined;
  const seconds = +retryAfter;
  const ahead = isNaN(seconds) ? (Date.parse(retryAfter) - now) / 1000 : seconds;
  return ahead > 0 ? ahead : undefined;
}
