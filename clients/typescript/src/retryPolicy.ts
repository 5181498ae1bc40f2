import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import type { PresenceError } from "./PresenceError.js";
import { longestAnswer } from "./withinTime.js";

const shortestAttempt = 2_000;
const first = 1_000;
const longest = 30_000;
const slow = 60_000;
const slowest = 900_000;

/**
 * How long to wait after a failed attempt, in milliseconds: some part of 1, 2, 4 ... 30 s, so that a crowd that failed at once
 * does not return at once; after what the server asked for, if it asked.
 * @param failures How many attempts failed before this one.
 * @param ceiling The heartbeat interval: who beats more often than every 30 s tries again as often.
 */
export function retryDelay(failures: number, error: PresenceError | undefined, random: number, ceiling = longest): number {
  return (error?.retryAfterSeconds ?? 0) * 1000 + random * Math.min(first * 2 ** failures, longest, ceiling);
}

/**
 * How long to wait before asking whether presence is on again, or before trying what the platform says is offline: 1 min at first,
 * up to a tenth early.
 * @param times The failed attempts before, if they make the wait longer: 2, 4, 8, 15 min.
 */
export function slowDelay(random: number, times = 0): number {
  return spread(Math.min(slow * 2 ** times, slowest), random);
}

/** Up to a tenth early, as the server does, so that a crowd does not stay in step. */
export function spread(milliseconds: number, random: number): number {
  return milliseconds * (1 - random / 10);
}

/**
 * How long one attempt may take. A quarter of what a heartbeat may be late: of three in a row that hang none is noticed, while
 * networks that are merely slow are waited for.
 */
export function attemptLimit(receipt: HeartbeatReceipt | undefined): number {
  const spare = receipt?.presenceTimeoutSeconds! - receipt?.heartbeatIntervalSeconds!;
  return Math.min(Math.max(spare * 250, shortestAttempt) || longestAnswer, longestAnswer);
}
