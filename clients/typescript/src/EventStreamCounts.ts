/** Finds counts in server-sent events. Each event of a room is one line of JSON, and tells the count after it. */
export class EventStreamCounts {
  readonly #decoder = new TextDecoder();
  #unfinished = "";

  /** The last count in a part of the stream, if there is one: parts end wherever the network cut them. */
  push(part: Uint8Array): number | undefined {
    const lines = (this.#unfinished + this.#decoder.decode(part, { stream: true })).split(/\r?\n/);
    this.#unfinished = lines.pop()!;
    return lines.reduce<number | undefined>((last, line) => countOf(line) ?? last, undefined);
  }
}

function countOf(line: string): number | undefined {
  if (!line.startsWith("data:"))
    return undefined;
  try {
    const { count } = JSON.parse(line.slice(5));
    return typeof count === "number" ? count : undefined;
  } catch {
    return undefined; // not of this version; a later one will do
  }
}
