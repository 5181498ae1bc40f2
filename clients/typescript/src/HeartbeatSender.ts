import { heartbeatLoop, type HeartbeatLoop } from "./HeartbeatLoop.js";
import { notify } from "./notify.js";
import { PresenceError } from "./PresenceError.js";
import type { PresenceOptions } from "./PresenceOptions.js";
import { setAppState } from "./pageEnvironment.js";
import { PresenceServer } from "./PresenceServer.js";
import type { PresenceState } from "./PresenceState.js";
import type { Pulse } from "./Pulse.js";
import { setTimerWorkerUrl } from "./workerTimer.js";

/** What room and user presence have in common: a heartbeat that is started, stopped and looked at. */
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

  /** How it stands. The same object until something changes. */
  get state(): PresenceState {
    return this.#state;
  }

  /**
   * Calls back with every new state: at least once a heartbeat.
   * @returns Ends it.
   */
  onStateChange(listener: (state: PresenceState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Sends a heartbeat now, and then whenever the server asks for one. Calling it again while it runs changes nothing; after a
   * refusal it begins anew.
   * @returns Fulfilled when the first one was taken. Rejected with a PresenceError when it is refused; of kind `disabled`, it
   * goes on asking all the same. Need not be waited for: nothing is reported as unhandled.
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
   * @returns Fulfilled when the server knows, or could not be told; the presence timeout tells it then. Never rejected.
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
   * While presence is off: asks again now, in place of after up to 15 min. For an app that heard from elsewhere that it is on again,
   * or whose viewer comes back to it. Otherwise it changes nothing.
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
