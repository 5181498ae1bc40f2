import { unavailable } from "./PresenceError.js";
import type { PresenceEnvironment } from "./PresenceEnvironment.js";

export const longestAnswer = 10_000;

/** Rejects when work takes too long or its caller gives up; the signal it was given is aborted then. */
export function withinTime<T>(environment: Pick<PresenceEnvironment, "setTimer">, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>, limit = longestAnswer): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const giveUp = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    const giveUpToo = () => giveUp(signal?.reason ?? new Error("aborted"));
    if (signal?.aborted)
      return giveUpToo();

    const cancel = environment.setTimer(() => giveUp(unavailable(`No reply within ${limit / 1000} s.`)), limit);
    signal?.addEventListener("abort", giveUpToo);
    work(controller.signal).then(resolve, reject).finally(() => {
      cancel();
      signal?.removeEventListener("abort", giveUpToo);
    });
  });
}
