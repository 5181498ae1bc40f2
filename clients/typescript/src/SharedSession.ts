import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import type { PresenceState } from "./PresenceState.js";
import { sharedInPage } from "./sharedInPage.js";

/** One of those in a page who would send the same session's heartbeats. */
export interface Claimant {
  /** The one before is done; the session is this one's. */
  takeOver(): void;
  /** The one who sends heartbeats tells how it stands. */
  mirror(state: PresenceState): void;
}

/**
 * One user in one room of one page. Two instances there would double its heartbeats, and the first to leave would end the
 * session of both: so the first to claim it sends them, the others say what it says and follow when it is done.
 * As many are kept as there are instances with a running heartbeat.
 */
export class SharedSession {
  readonly #forget: () => void;
  readonly #claimants: Claimant[] = [];
  #state: PresenceState | undefined;

  private constructor(forget: () => void) {
    this.#forget = forget;
  }

  static claim(environment: PresenceEnvironment, key: string, claimant: Claimant): SharedSession {
    const session = sharedInPage(environment, key, forget => new SharedSession(forget));
    session.#claimants.push(claimant);
    if (session.#state)
      claimant.mirror(session.#state);
    return session;
  }

  isOf(claimant: Claimant): boolean {
    return this.#claimants[0] === claimant;
  }

  /** Somebody follows: the session goes on. */
  hasFollowers(): boolean {
    return this.#claimants.length > 1;
  }

  /** Whoever sends the heartbeats sends one now. */
  resume(): void {
    this.#claimants[0]!.takeOver();
  }

  publish(state: PresenceState): void {
    this.#state = state;
    for (const follower of this.#claimants.slice(1))
      follower.mirror(state);
  }

  release(claimant: Claimant): void {
    const wasFirst = this.isOf(claimant);
    this.#claimants.splice(this.#claimants.indexOf(claimant), 1);
    if (!this.#claimants.length)
      this.#forget();
    else if (wasFirst)
      this.resume();
  }
}
