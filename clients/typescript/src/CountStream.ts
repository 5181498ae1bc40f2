import { Alarm } from "./Alarm.js";
import { newsIn } from "./newsIn.js";
import type { PresenceError } from "./PresenceError.js";
import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import type { PresenceServer } from "./PresenceServer.js";
import { retryDelay } from "./retryPolicy.js";
import { roomPath } from "./roomPath.js";
import { sharedInPage } from "./sharedInPage.js";
import { withinTime } from "./withinTime.js";

const firstEventWithin = 10_000;
const quietAtMost = 30_000; // the server sends a comment every 15 s
const mostRooms = 50;
const gathersFor = 250;

/** One who wants the count of a room. */
export interface Follower {
  readonly server: PresenceServer;
  readonly roomId: string;
  tell(count: number): void;
  /** @returns How long it looks elsewhere before it comes back; undefined to stay while the stream is tried again. */
  failed(error: PresenceError): number | undefined;
}

/** Fulfilled when the signal ends it, or with what `failed` returned, or with undefined where the count has to be asked for. */
type Follow = (follower: Follower, signal: AbortSignal) => Promise<number | undefined>;

/**
 * The one stream of a page, for the counts of all rooms it watches on a server: a browser has six HTTP/1.1 connections for one,
 * and heartbeats need theirs.
 */
export function countStreamOf({ environment, baseUrl }: PresenceServer): Follow {
  return sharedInPage(environment, `counts ${baseUrl}`, () => countStream(environment, baseUrl));
}

function countStream(environment: PresenceEnvironment, baseUrl: string): Follow {
  const followers = new Map<Follower, (pause?: number) => void>();
  const counts = new Map<string, number>();
  let alarm: Alarm | undefined;
  let round: AbortController | undefined;
  let rooms: string[] = [];
  let cancelGathering: (() => void) | undefined;
  let failures = 0;

  /** The rooms to be streamed: those that came first. Who wants another has to ask. */
  function choose(): string[] {
    const chosen = new Set<string>();
    for (const [{ roomId }, end] of followers) {
      if (chosen.size < mostRooms)
        chosen.add(roomId);
      else if (!chosen.has(roomId))
        end();
    }
    return [...chosen].sort();
  }

  function changed(): void {
    const wanted = choose();
    if (!alarm)
      void run();
    else if (!round)
      wanted.length || alarm.ring();
    else if (!wanted.some(room => rooms.includes(room)))
      round.abort(); // it has nothing for anybody
    else
      cancelGathering ??= environment.setTimer(() => {
        cancelGathering = undefined;
        if (`${choose()}` !== `${rooms}`)
          round?.abort();
      }, gathersFor);
  }

  async function run(): Promise<void> {
    alarm = new Alarm(environment);
    while (followers.size) {
      const release = await (environment.takeStreamPlace?.(baseUrl) ?? (() => {}));
      const pause = release ? await read() : endAll();
      release?.();
      if (followers.size)
        await alarm.wait(pause);
    }
    alarm = undefined;
  }

  /** Reads one stream to its end; how long to wait before the next. */
  async function read(): Promise<number> {
    const [first] = followers.keys();
    if (!first)
      return 0;
    rooms = choose();
    const { signal } = round = new AbortController();
    let hasCounted = false;
    try {
      const path = rooms[1] ? `/api/v1/presence/stream?rooms[]=${rooms.map(encodeURIComponent).join("&rooms[]=")}` : `${roomPath(rooms[0]!)}/stream`;
      const reader = (await first.server.open(path, signal)).body!.getReader();
      const find = newsIn();
      const silentAt = environment.now() + firstEventWithin;
      try {
        for (let part; !(part = await withinTime(environment, signal, () => reader.read(), hasCounted ? quietAtMost : silentAt - environment.now())).done && !signal.aborted;) {
          for (const told of find(part.value)) {
            const { roomId = rooms[0]!, count } = told;
            hasCounted = true;
            failures = 0;
            if (count !== undefined)
              counts.set(roomId, count);
            for (const follower of [...followers.keys()])
              follower.roomId === roomId && (count === undefined ? follower.server.hear?.(told) : follower.tell(count));
          }
        }
      } catch (error) {
        if ((error as PresenceError).until)
          throw error; // the last event: the user is banned
        // A connection that broke, fell silent or was closed from here: one that ended.
      }
      // Opened and silent: something in between keeps the events to itself.
      return signal.aborted ? 0 : hasCounted ? retryDelay(0, undefined, environment.random()) : endAll();
    } catch (error) {
      return signal.aborted ? 0 : failed(first.server, error as PresenceError);
    } finally {
      counts.clear();
      round.abort();
      cancelGathering?.();
      round = cancelGathering = undefined;
    }
  }

  function failed(server: PresenceServer, error: PresenceError): number {
    for (const [follower, end] of [...followers]) {
      if (error.roomIds?.includes(follower.roomId))
        end(); // its own token may read it, or tells why not
      else if (!error.roomIds && (follower.server === server || !error.isFinal)) {
        const pause = follower.failed(error);
        if (pause !== undefined)
          end(pause);
      }
    }
    return retryDelay(failures++, error, environment.random());
  }

  function endAll(): number {
    for (const end of [...followers.values()])
      end();
    return 0;
  }

  return (follower, signal) => new Promise(resolve => {
    const end = (pause?: number) => {
      resolve(pause);
      if (followers.delete(follower))
        changed();
    };
    signal.addEventListener("abort", () => end());
    followers.set(follower, end);
    const count = counts.get(follower.roomId);
    if (count !== undefined)
      follower.tell(count);
    changed();
  });
}
