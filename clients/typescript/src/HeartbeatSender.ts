import { heartbeatLoop, type HeartbeatLoop } from "./HeartbeatLoop.js";
import { notify } from "./notify.js";
import { PresenceError } from "./PresenceError.js";
import type { PresenceOptions } from "./PresenceOptions.js";
import { setAppState } from "./pageEnvironment.js";
import { PresenceServer } from "./PresenceServer.js";
import type { PresenceState } from "./PresenceState.js";
import type { Pulse } from "./Pulse.js";
import { setTimerWorkerUrl } from "./workerTimer.js";

/** The common part of room and user presence: a heartbeat with start, stop and state. */
export abstract class HeartbeatSender {
  /** @internal */
  protected readonly server: PresenceServer;
  readonly #signal: AbortSignal | undefined;
  readonly #listeners = new Set<(state: PresenceState) => void>();
  #state: PresenceState = { status: "idle" };
  #loop: HeartbeatLoop | undefined;
  #left = Promise.resolve();
  readonly #stop = () => void this.stopHeartbeat();

  constructor(options: PresenceOptions) {
    this.server = new PresenceServer(options);
    this.#signal = options.signal;
    if (options.timerWorkerUrl)
      setTimerWorkerUrl(options.timerWorkerUrl);
    if (options.appState)
      setAppState(options.appState);
  }

  /** The state. The same object until something changes. */
  get state(): PresenceState {
    return this.#state;
  }

  /**
   * Calls back with every new state, at least once per heartbeat.
   * @returns Ends it.
   */
  onStateChange(listener: (state: PresenceState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Sends a heartbeat now, and then at the server's interval. Calling it again while it runs changes nothing. After a
   * refusal it starts again.
   * @returns Fulfilled when the first one is accepted. Rejected with a PresenceError when it is refused. If `disabled`, it
   * keeps retrying. You don't have to await it: nothing is reported as unhandled.
   */
  startHeartbeat(): Promise<void> {
    if (this.#signal?.aborted) {
      const refused = Promise.reject(new PresenceError("stopped", "Stopped."));
      refused.catch(() => {});
      return refused;
    }
    this.#signal?.addEventListener("abort", this.#stop);
    this.#loop ??= heartbeatLoop(this.server, this.pulse(), this.#left, state => this.#take(state));
    return this.#loop.started;
  }

  /**
   * Ends the heartbeat and leaves.
   * @returns Fulfilled when the server has the leave, or can't be reached. Then the viewer times out. Never rejected.
   */
  stopHeartbeat(): Promise<void> {
    const loop = this.#loop;
    if (loop) {
      this.#left = loop.stop();
      this.#take({ status: "idle" });
    }
    return this.#left;
  }

  /**
   * While presence is off, retries now instead of after up to 15 min. For an app that knows that presence is on again,
   * or whose viewer returns to it. Otherwise it changes nothing.
   */
  resume(): void {
    this.#loop?.resume();
  }

  /** @internal What is sent, as things are when a heartbeat is started. */
  protected abstract pulse(): Pulse;

  /** @internal */
  protected get isBeating(): boolean {
    return !!this.#loop;
  }

  /** @internal */
  protected viewerStateChanged(): void {
    this.#loop?.viewerStateChanged();
  }

  #take(state: PresenceState): void {
    this.#state = state;
    if (state.status === "idle" || state.status === "refused") {
      this.#loop = undefined;
      this.#signal?.removeEventListener("abort", this.#stop); // it may live longer than many of these
    }
    notify(this.#listeners, state);
  }
}
