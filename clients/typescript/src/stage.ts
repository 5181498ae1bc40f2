import type { HeartbeatReceipt, StageInvitation } from "./HeartbeatReceipt.js";
import { notify } from "./notify.js";
import type { Pulse } from "./Pulse.js";
import { receiptOf } from "./receiptOf.js";
import { roomPath } from "./roomPath.js";
import { RoomPresence, type RoomPresenceOptions } from "./RoomPresence.js";

/** Room presence of an app with a stage: hears of invitations, answers them, and raises the viewer's hand. */
export class StagePresence extends RoomPresence {
  readonly #hosts = new Set<(invitation: StageInvitation | undefined) => void>();
  #invitation: StageInvitation | undefined;
  #answered: StageInvitation | undefined;
  #wish: boolean | undefined;
  #news = 0;

  /** @throws RangeError for an invalid room id. */
  constructor(options: RoomPresenceOptions) {
    super(options);
    this.onStateChange(({ status, receipt }) => this.#hear(status === "idle" || status === "refused" ? undefined : receipt?.invitation));
    // Not taken from the stream but asked for: heartbeats and streams overtake each other, one heartbeat never another.
    this.server.hear = invitation => {
      if (wordOf(invitation) !== wordOf(this.#invitation))
        this.#sayNow();
    };
  }

  /** The open invitation: pending, or accepted while the viewer is on the stage. */
  get invitation(): StageInvitation | undefined {
    return this.#invitation;
  }

  /** Whether the server has the viewer's hand as raised. A moderator can lower it, and a restart of the server does. */
  get handRaised(): boolean {
    return this.state.status === "present" && !!this.state.receipt?.handRaised;
  }

  /**
   * Calls back with an invitation, with its acceptance, and with `undefined` when it is over: at once while the page watches the
   * room's count, otherwise with the next heartbeat.
   * @returns Ends it.
   */
  onInvitation(listener: (invitation: StageInvitation | undefined) => void): () => void {
    this.#hosts.add(listener);
    return () => void this.#hosts.delete(listener);
  }

  /** Accepts the open invitation. Rejected with a PresenceError when it is over. */
  accept(): Promise<StageInvitation> {
    return this.#answer("accept");
  }

  /** Rejects the open invitation. */
  reject(): Promise<StageInvitation> {
    return this.#answer("reject");
  }

  /** Says so at once if the heartbeat runs, otherwise with its second heartbeat. */
  raiseHand(): void {
    this.#wave(true);
  }

  /** Takes the hand down. */
  lowerHand(): void {
    this.#wave(false);
  }

  /** @internal */
  protected override pulse(): Pulse {
    const pulse = super.pulse();
    const { roomId, server } = this;
    const sessionId = pulse.key.slice(roomId.length + 1);
    return {
      ...pulse,
      viewerState: () => `${pulse.viewerState()} ${this.#news}`,
      beat: async signal => {
        const wish = this.#wish;
        if (wish === undefined || this.state.status !== "present")
          return pulse.beat(signal);
        const receipt = receiptOf(await server.send<HeartbeatReceipt>("POST", `${roomPath(roomId)}/heartbeat`, { sessionId, state: pulse.viewerState(), handRaised: wish }, signal));
        if (this.#wish === wish)
          this.#wish = undefined;
        return receipt;
      },
    };
  }

  #wave(isUp: boolean): void {
    this.#wish = isUp;
    this.#sayNow();
  }

  /** A heartbeat of its own, as for a new state. */
  #sayNow(): void {
    this.#news++;
    this.viewerStateChanged();
  }

  async #answer(word: "accept" | "reject"): Promise<StageInvitation> {
    if (!this.#invitation)
      throw new RangeError("There is no open invitation.");
    const answered = this.#answered = await this.server.send<StageInvitation>("POST", `${roomPath(this.roomId)}/invitation/${encodeURIComponent(this.#invitation.id)}/${word}`);
    this.#hear(answered);
    return answered;
  }

  #hear(told: StageInvitation | undefined): void {
    const latest = told?.id === this.#answered?.id ? this.#answered : told; // a heartbeat may have been under way before the answer
    const before = wordOf(this.#invitation);
    this.#invitation = wordOf(latest) ? latest : undefined;
    if (wordOf(latest) !== before)
      notify(this.#hosts, this.#invitation);
  }
}

/** What there is to tell of an invitation; nothing of one that is over. */
function wordOf(invitation: StageInvitation | undefined): string {
  return invitation && /pending|accepted/.test(invitation.status) ? invitation.id + invitation.status : "";
}

export { PresenceError } from "./PresenceError.js";
export type { HeartbeatReceipt, StageInvitation } from "./HeartbeatReceipt.js";
export type { PresenceErrorKind } from "./PresenceError.js";
export type { AppState, PresenceOptions } from "./PresenceOptions.js";
export type { PresenceState, PresenceStatus } from "./PresenceState.js";
export type { RoomPresenceOptions, ViewerState } from "./RoomPresence.js";
