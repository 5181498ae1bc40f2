import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { notOfThisServer } from "./PresenceError.js";

/** An answer without a pace comes from something in between, such as a hotel's sign-in page: the heartbeat was not taken. */
export function receiptOf(answer: HeartbeatReceipt | null): HeartbeatReceipt {
  if (!answer || !(answer.nextHeartbeatInSeconds > 0))
    throw notOfThisServer();
  return answer;
}
