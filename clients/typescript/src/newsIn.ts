import type { StageInvitation } from "./HeartbeatReceipt.js";
import { throwBan } from "./PresenceError.js";

/** What an event told: a count, or else of the user's invitation. */
export type Told = ToldCount | StageInvitation & { readonly count?: undefined };

interface ToldCount {
  /** In a stream of several rooms. */
  readonly roomId?: string;
  readonly count: number;
}

/**
 * Finds what parts of server-sent events tell, wherever the network cut them. Each event is one line of JSON, and each of a room
 * tells the count after it.
 */
export function newsIn(): (part: Uint8Array) => Told[] {
  const decoder = new TextDecoder();
  let unfinished = "";
  return part => {
    const lines = (unfinished + decoder.decode(part, { stream: true })).split("\n");
    unfinished = lines.pop()!;
    return lines.flatMap(newsOf);
  };
}

function newsOf(line: string): Told[] {
  const told = toldIn(line);
  return told?.count >= 0 || told?.invitedAt ? [told] : [];
}

/** The document of an event's line, if it has one. */
export function toldIn(line: string) {
  let told;
  try {
    told = JSON.parse(line.slice(5)); // behind "data:", with or without the carriage return at the end
  } catch {
    // Another line, or not of this version; a later one will do.
  }
  throwBan(told);
  return told;
}
