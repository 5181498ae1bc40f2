import { Alarm } from "./Alarm.js";
import { toldIn } from "./newsIn.js";
import { notify } from "./notify.js";
import { setAppState } from "./pageEnvironment.js";
import type { PresenceError } from "./PresenceError.js";
import type { PresenceOptions } from "./PresenceOptions.js";
import { PresenceServer } from "./PresenceServer.js";
import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import { retryDelay, slowDelay, spread } from "./retryPolicy.js";
import { withinTime } from "./withinTime.js";

const mostUsers = 100;
const firstEventWithin = 10_000;
const quietAtMost = 30_000; // the server sends a comment every 15 s
const failuresBeforePolling = 3;
const pollsBeforeStreaming = 10;

/** Whether a user is online in the network. */
export interface WatchedUser {
  readonly userId: string;
  readonly online: boolean;
}

export interface UserWatchOptions {
  /** Called when a read failed. Watching continues, unless the error `isFinal`. */
  readonly onError?: (error: PresenceError) => void;
}

/**
 * Calls back with all users, now and whenever one goes online or offline, from the server's event stream, or polled at the interval
 * of heartbeats if there is no stream. Pauses while the page is hidden.
 * @param userIds 1 to 100.
 * @returns Ends it. The option `signal` does too.
 * @throws RangeError for no user or too many.
 */
export function watchUsers(options: PresenceOptions, userIds: readonly string[], listener: (users: readonly WatchedUser[]) => void, { onError }: UserWatchOptions = {}): () => void {
  const ids = [...new Set(userIds)];
  if (!ids.length || ids.length > mostUsers)
    throw new RangeError(`1 to ${mostUsers} users can be watched, not ${ids.length}.`);
  if (options.appState)
    setAppState(options.appState);
  const server = new PresenceServer(options);
  const { environment } = server;
  const { signal: stopped } = options;
  const alarm = new Alarm(environment);
  const online = new Map<string, boolean>();
  let underWay = new AbortController();
  let isOver = !!stopped?.aborted;
  let failures = 0;
  let timesOff = 0;
  let pollsLeft = 0;

  const query = (name: string) => ids.map(id => `${name}=${encodeURIComponent(id)}`).join("&");

  function end(): void {
    isOver = true;
    stopped?.removeEventListener("abort", end);
    wake();
  }

  function wake(): void {
    underWay.abort();
    alarm.ring();
  }

  async function run(): Promise<void> {
    const unlisten = environment.listen("visibilitychange", wake);
    while (!isOver) {
      const { signal } = underWay = new AbortController();
      const pause = await look(signal).catch(error => signal.aborted ? 0 : failed(error));
      if (!isOver)
        await alarm.wait(pause);
    }
    unlisten();
  }

  /** Asks once or follows the stream, unless it is woken; how long to wait before the next. */
  async function look(signal: AbortSignal): Promise<number> {
    if (environment.isHidden())
      return Infinity;
    if (pollsLeft > 0)
      return poll(signal);
    if (!environment.readsStreams())
      return pollFor(Infinity);
    const release = await (environment.takeStreamPlace?.(server.baseUrl) ?? (() => {}));
    if (!release)
      return pollFor(pollsBeforeStreaming);
    return follow(signal).finally(release);
  }

  /** Each opening starts with the state of all users, so nothing is lost in between. */
  async function follow(signal: AbortSignal): Promise<number> {
    const reader = (await server.open(`/api/v1/presence/users/stream?${query("ids[]")}`, signal)).body!.getReader();
    const decoder = new TextDecoder();
    const silentAt = environment.now() + firstEventWithin;
    let unfinished = "";
    let hasTold = false;
    try {
      for (let part; !(part = await withinTime(environment, signal, () => reader.read(), hasTold ? quietAtMost : silentAt - environment.now())).done && !signal.aborted;) {
        const lines: string[] = (unfinished + decoder.decode(part.value, { stream: true })).split("\n");
        unfinished = lines.pop()!;
        const told: WatchedUser[] = lines.flatMap(usersOf);
        hasTold ||= told.length > 0;
        tell(told);
      }
    } catch (error) {
      if ((error as PresenceError).until)
        throw error; // the last event: the user is banned
      // A connection that broke, fell silent or was closed from here: one that ended.
    }
    const pause = signal.aborted ? 0 : hasTold ? retryDelay(0, undefined, environment.random()) : pollFor(pollsBeforeStreaming);
    underWay.abort(); // closes one that fell silent
    return pause;
  }

  async function poll(signal: AbortSignal): Promise<number> {
    pollsLeft--;
    const { presences } = await server.read<{ presences: { userId: string; lastHeartbeat?: string }[] }>(`/api/v1/presence/users/list?${query("userIds[]")}`, signal);
    const { network } = await server.read<PresenceSettings>(settingsPath, signal);
    if (!signal.aborted)
      tell(presences.map(({ userId, lastHeartbeat }) => ({ userId, online: !!lastHeartbeat })));
    return spread(network.heartbeatInterval * 1000, environment.random());
  }

  function pollFor(times: number): number {
    pollsLeft = times;
    return 0;
  }

  function failed(error: PresenceError): number {
    const { kind, status, isFinal } = error;
    const isPolling = pollsLeft > 0;
    // No such route, or no place for another stream: it can be asked for all the same.
    if (!isPolling && (kind === "limited" || kind === "refused" && status !== 403))
      return pollFor(pollsBeforeStreaming);

    notify(onError ? [onError] : [], error);
    if (isFinal)
      end();
    if (kind === "disabled")
      return slowDelay(environment.random(), timesOff++);
    return ++failures < failuresBeforePolling || isPolling ? retryDelay(failures - 1, error, environment.random()) : pollFor(pollsBeforeStreaming);
  }

  function tell(users: readonly WatchedUser[]): void {
    if (!users.length)
      return;
    failures = timesOff = 0;
    const changed = users.filter(user => online.get(user.userId) !== user.online);
    for (const { userId, online: isOnline } of changed)
      online.set(userId, isOnline);
    if (changed.length)
      notify([listener], ids.map(userId => ({ userId, online: !!online.get(userId) })));
  }

  if (!isOver) {
    stopped?.addEventListener("abort", end);
    void run();
  }
  return end;
}

/** Who an event tells of: all users, or one. */
function usersOf(line: string): WatchedUser[] {
  const told = toldIn(line);
  return told?.users ?? (typeof told?.online === "boolean" ? [told] : []);
}
