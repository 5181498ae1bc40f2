import { Alarm } from "./Alarm.js";
import { PresenceError } from "./PresenceError.js";
import type { PresenceServer } from "./PresenceServer.js";
import type { PresenceState } from "./PresenceState.js";
import type { Pulse } from "./Pulse.js";
import { attemptLimit, retryDelay, slowDelay } from "./retryPolicy.js";
import { type Claimant, SharedSession } from "./SharedSession.js";
import { withinTime } from "./withinTime.js";

/** Sends heartbeats, one after the other, from its making until it is stopped or refused. Then it leaves. */
export interface HeartbeatLoop {
  /** Fulfilled by the first heartbeat that is taken, rejected by the first refusal. */
  readonly started: Promise<void>;
  /** @returns Fulfilled when the session is left, or handed on; never rejected. */
  stop(): Promise<void>;
  /**
   * What the viewer does has changed; said at once, unless an attempt is waited for anyway, or under way: a ring then would cut
   * short the wait after one that fails.
   */
  viewerStateChanged(): void;
  /** While presence is off: asks now, or has it asked by the one who sends the heartbeats. */
  resume(): void;
}

/** @param after What has to end first: the session in another room. */
export function heartbeatLoop(server: PresenceServer, pulse: Pulse, after: Promise<void>, onState: (state: PresenceState) => void): HeartbeatLoop {
  const { environment } = server;
  const alarm = new Alarm(environment);
  let state: PresenceState = { status: "starting" };
  let resolve!: () => void;
  let reject!: (error: PresenceError) => void;
  let session: SharedSession | undefined;
  let inFlight: AbortController | undefined;
  let said: string | undefined;
  let failures = 0;
  let timesOff = 0;
  let isAttempting = false;
  let isOver = false;
  let isAway = false;
  let mayBeCounted = false;

  const claimant: Claimant = {
    takeOver() {
      timesOff = 0;
      alarm.ring();
    },
    mirror(next) {
      state = next;
      if (state.status === "present")
        resolve();
      else if (state.status === "disabled" || state.status === "refused")
        reject(state.error!);
      onState(state);
    },
  };

  async function run(): Promise<void> {
    onState(state);
    const listening = [
      environment.listen("visibilitychange", viewerStateChanged),
      environment.listen("pagehide", goAway),
      environment.listen("pageshow", comeBack),
      environment.listen("online", () => {
        if (state.error?.kind === "unavailable")
          alarm.ring();
      }),
    ];
    await after;
    while (!isOver) {
      isAttempting = true;
      inFlight = new AbortController();
      const pause = await withinTime(environment, inFlight.signal, beat, attemptLimit(state.receipt)).catch(failed);
      isAttempting = false;
      if (!isOver)
        await alarm.wait(pause < Infinity && hasNews() ? 0 : pause);
    }
    for (const end of listening)
      end();
    // Asked after the last heartbeat was answered, so that a leave cannot overtake it.
    if (mayBeCounted && !session?.hasFollowers())
      await leave();
    session?.release(claimant);
  }

  /** What the viewer does is something else than the last heartbeat said. */
  function hasNews(): boolean {
    return state.status === "present" && said !== undefined && pulse.viewerState() !== said;
  }

  function viewerStateChanged(): void {
    if (!isAttempting && hasNews())
      alarm.ring();
  }

  /** One heartbeat, if it is this one's to send; how long to wait after it. */
  async function beat(signal: AbortSignal): Promise<number> {
    const subject = await server.subject();
    if (isOver || isAway)
      return Infinity;
    session ??= SharedSession.claim(environment, `${server.baseUrl} ${subject} ${pulse.key}`, claimant);
    if (!session.isOf(claimant))
      return Infinity;

    said = pulse.viewerState();
    mayBeCounted = true;
    const receipt = await pulse.beat(signal);
    failures = timesOff = 0;
    return publish({ status: "present", receipt }, receipt.nextHeartbeatInSeconds * 1000);
  }

  function failed(error: PresenceError): number {
    if (isOver || isAway)
      return Infinity; // ended from here
    const random = environment.random();
    const { receipt } = state;
    if (error.isFinal) {
      isOver = true;
      mayBeCounted = false;
      claimant.mirror({ status: "refused", error, receipt }); // not told to followers: their tokens may be better
      return 0;
    }
    if (error.kind === "disabled") {
      mayBeCounted = false;
      return publish({ status: "disabled", error, receipt }, slowDelay(random, timesOff++));
    }
    // Some platforms say offline when they are not: so an attempt is made first, and again now and then.
    if (!environment.isOnline())
      return publish({ status: "offline", error, receipt }, slowDelay(random));
    return publish({ status: "retrying", error, receipt }, retryDelay(failures++, error, random, receipt && receipt.heartbeatIntervalSeconds * 1000));
  }

  function publish(next: PresenceState, wait: number): number {
    const complete = { ...next, nextHeartbeatAt: new Date(environment.now() + wait) };
    session?.publish(complete);
    claimant.mirror(complete);
    return wait;
  }

  /** The page closes, or is put aside where nothing runs. */
  function goAway(): void {
    isAway = true;
    inFlight?.abort();
    alarm.ring();
    if (mayBeCounted && !pulse.leaveByBeacon())
      void leave();
    mayBeCounted = false;
  }

  function comeBack(): void {
    if (!isAway)
      return; // it comes with the first load of a page too
    isAway = false;
    alarm.ring();
  }

  /** Tried once: what is not heard of it, the presence timeout does. */
  async function leave(): Promise<void> {
    await pulse.leave().catch(() => {});
  }

  const started = new Promise<void>((taken, refused) => {
    resolve = taken;
    reject = refused;
  });
  started.catch(() => {}); // the state tells too: whoever does not wait for it leaves no unhandled rejection
  const ended = run();
  return {
    started,
    viewerStateChanged,
    stop() {
      isOver = true;
      onState = () => {};
      reject(new PresenceError("stopped", "Stopped."));
      alarm.ring();
      return ended;
    },
    resume() {
      if (state.status === "disabled")
        session!.resume();
    },
  };
}
