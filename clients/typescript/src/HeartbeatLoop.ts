import { Alarm } from "./Alarm.js";
import type { HeartbeatReceipt } from "./HeartbeatReceipt.js";
import { PresenceError, unavailable } from "./PresenceError.js";
import type { PresenceServer } from "./PresenceServer.js";
import type { PresenceState } from "./PresenceState.js";
import type { Pulse } from "./Pulse.js";
import { retryDelay, slowDelay } from "./retryPolicy.js";
import { type Claimant, SharedSession } from "./SharedSession.js";

/** Sends heartbeats, one after the other, from its making until it is stopped or refused. Then it leaves. */
export class HeartbeatLoop implements Claimant {
  /** Fulfilled by the first heartbeat that is taken, rejected by the first refusal. */
  readonly started: Promise<void>;
  /** Fulfilled when the session is left, or handed on; never rejected. */
  readonly ended: Promise<void>;

  readonly #server: PresenceServer;
  readonly #pulse: Pulse;
  readonly #alarm: Alarm;
  #onState: (state: PresenceState) => void;
  #state: PresenceState = { status: "starting" };
  #resolve!: () => void;
  #reject!: (error: PresenceError) => void;
  #session: SharedSession | undefined;
  #inFlight: AbortController | undefined;
  #said: string | undefined;
  #failures = 0;
  #isAttempting = false;
  #isOver = false;
  #isAway = false;
  #mayBeCounted = false;

  /** @param after What has to end first: the session in another room. */
  constructor(server: PresenceServer, pulse: Pulse, after: Promise<void>, onState: (state: PresenceState) => void) {
    this.#server = server;
    this.#pulse = pulse;
    this.#alarm = new Alarm(server.environment);
    this.#onState = onState;
    this.started = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.started.catch(() => {}); // the state tells too: whoever does not wait for it leaves no unhandled rejection
    this.ended = this.#run(after);
  }

  stop(): Promise<void> {
    this.#isOver = true;
    this.#onState = () => {};
    this.#reject(new PresenceError("stopped", "Stopped before a heartbeat was taken."));
    this.#alarm.ring();
    return this.ended;
  }

  /**
   * What the viewer does has changed; said at once, unless an attempt is waited for anyway, or under way: a ring then would cut
   * short the wait after one that fails.
   */
  viewerStateChanged(): void {
    if (!this.#isAttempting && this.#hasNews())
      this.#alarm.ring();
  }

  takeOver(): void {
    this.#alarm.ring();
  }

  mirror(state: PresenceState): void {
    this.#state = state;
    if (state.status === "present")
      this.#resolve();
    else if (state.status === "disabled" || state.status === "refused")
      this.#reject(state.error!);
    this.#onState(state);
  }

  async #run(after: Promise<void>): Promise<void> {
    this.#onState(this.#state);
    const listening = this.#listen();
    await after;
    while (!this.#isOver) {
      this.#isAttempting = true;
      const pause = await this.#beat().catch(error => this.#failed(error));
      this.#isAttempting = false;
      if (!this.#isOver)
        await this.#alarm.wait(pause < Infinity && this.#hasNews() ? 0 : pause);
    }
    for (const end of listening)
      end();
    // Asked after the last heartbeat was answered, so that a leave cannot overtake it.
    if (this.#mayBeCounted && !this.#session?.hasFollowers)
      await this.#leave();
    this.#session?.release(this);
  }

  /** What the viewer does is something else than the last heartbeat said. */
  #hasNews(): boolean {
    return this.#state.status === "present" && this.#said !== undefined && this.#pulse.viewerState() !== this.#said;
  }

  #listen(): (() => void)[] {
    const { environment } = this.#server;
    return [
      environment.listen("visibilitychange", () => this.viewerStateChanged()),
      environment.listen("pagehide", () => this.#goAway()),
      environment.listen("pageshow", () => this.#comeBack()),
      environment.listen("online", () => {
        if (this.#state.error?.kind === "unavailable")
          this.#alarm.ring();
      }),
    ];
  }

  /** One heartbeat, if it is this one's to send; how long to wait after it. */
  async #beat(): Promise<number> {
    const server = this.#server;
    const subject = await server.subject();
    if (this.#isOver || this.#isAway)
      return Infinity;
    this.#session ??= SharedSession.claim(server.environment, `${server.baseUrl} ${subject} ${this.#pulse.key}`, this);
    if (!this.#session.isOf(this))
      return Infinity;

    this.#said = this.#pulse.viewerState();
    this.#mayBeCounted = true;
    this.#inFlight = new AbortController();
    const receipt = await this.#pulse.beat(this.#inFlight.signal);
    this.#failures = 0;
    return this.#publish({ status: "present", receipt }, receipt.nextHeartbeatInSeconds * 1000);
  }

  #failed(error: PresenceError): number {
    if (this.#isOver || this.#isAway)
      return Infinity; // ended from here
    const { random, isOnline } = this.#server.environment;
    const { receipt } = this.#state;
    if (error.isFinal) {
      this.#isOver = true;
      this.#mayBeCounted = false;
      this.mirror({ status: "refused", error, receipt }); // not told to followers: their tokens may be better
      return 0;
    }
    if (error.kind === "disabled") {
      this.#mayBeCounted = false;
      return this.#publish({ status: "disabled", error, receipt }, slowDelay(random()));
    }
    // Some platforms say offline when they are not: so an attempt is made first, and again now and then.
    if (!isOnline())
      return this.#publish({ status: "offline", error, receipt }, slowDelay(random()));
    return this.#publish({ status: "retrying", error, receipt }, retryDelay(this.#failures++, error, random(), ceilingOf(receipt)));
  }

  #publish(state: PresenceState, wait: number): number {
    const complete = { ...state, nextHeartbeatAt: new Date(this.#server.environment.now() + wait) };
    this.#session?.publish(complete);
    this.mirror(complete);
    return wait;
  }

  /** The page closes, or is put aside where nothing runs. */
  #goAway(): void {
    this.#isAway = true;
    this.#inFlight?.abort(unavailable("The page was put aside."));
    this.#alarm.ring();
    if (this.#mayBeCounted && !this.#pulse.leaveByBeacon())
      void this.#leave();
    this.#mayBeCounted = false;
  }

  #comeBack(): void {
    if (!this.#isAway)
      return; // it comes with the first load of a page too
    this.#isAway = false;
    this.#alarm.ring();
  }

  /** Tried once: what is not heard of it, the presence timeout does. */
  async #leave(): Promise<void> {
    await this.#pulse.leave().catch(() => {});
  }
}

function ceilingOf(receipt: HeartbeatReceipt | undefined): number | undefined {
  return receipt && receipt.heartbeatIntervalSeconds * 1000;
}
