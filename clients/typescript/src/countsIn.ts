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
    const lines = (unfinished + decoder.decode(part, { stream: true })).split(/\r?\n/);
    unfinished = lines.pop()!;
    return lines.flatMap(countOf);
  };
}

function countOf(line: string): ToldCount[] {
  try {
    const told = line.startsWith("data:") && JSON.parse(line.slice(5));
    return typeof told.count === "number" ? [told] : [];
  } catch {
    return []; // not of this version; a later one will do
  }
}
