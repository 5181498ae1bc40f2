import type { PresenceError } from "./PresenceError.js";

const first = 1_000;
const longest = 30_000;
const whileDisabled = 60_000;

/**
 * How long to wait after a failed attempt, in milliseconds: some part of 1, 2, 4 ... 30 s, so that a crowd that failed at once
 * does not return at once; after what the server asked for, if it asked.
 * @param failures How many attempts failed before this one.
 * @param ceiling The heartbeat interval: who beats more often than every 30 s tries again as often.
 */
export function retryDelay(failures: number, error: PresenceError | undefined, random: number, ceiling = longest): number {
  return (error?.retryAfterSeconds ?? 0) * 1000 + random * Math.min(first * 2 ** failures, longest, ceiling);
}

/** How long to wait before asking whether presence is on again, or before trying what the platform says is offline. */
export function slowDelay(random: number): number {
  return spread(whileDisabled, random);
}

/** Up to a tenth early, as the server does, so that a crowd does not stay in step. */
export function spread(milliseconds: number, random: number): number {
  return milliseconds * (1 - random / 10);
}
