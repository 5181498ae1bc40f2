import { throwBan } from "./PresenceError.js";

/** A count that an event told. */
export interface ToldCount {
  /** In a stream of several rooms. */
  readonly roomId?: string;
  readonly count: number;
}

/** Finds counts in the parts of server-sent events, wherever the network cut them. Each event of a room is one line of JSON, and tells the count after it. */
export function countsIn(): (part: Uint8Array) => ToldCount[] {
  const decoder = new TextDecoder();
  let unfinished = "";
  return part => {
    const lines = (unfinished + decoder.decode(part, { stream: true })).split("\n");
    unfinished = lines.pop()!;
    return lines.flatMap(countOf);
  };
}

function countOf(line: string): ToldCount[] {
  const told = toldIn(line);
  return typeof told?.count === "number" ? [told] : [];
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
