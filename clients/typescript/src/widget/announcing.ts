/** How long a screen reader is left alone between two counts. */
const quietFor = 60_000;

/** What was last said aloud, and when. */
export interface Announcement {
  readonly count: number;
  readonly at: number;
}

/**
 * Whether a count is worth interrupting somebody for: not the first one, which is read with the page; then at most one a minute,
 * and only one that differs from the last by a tenth.
 */
export function isWorthSaying(last: Announcement, count: number, now: number): boolean {
  return now - last.at >= quietFor && Math.abs(count - last.count) >= Math.max(1, last.count / 10);
}
