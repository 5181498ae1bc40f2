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
  #wish: boolean | undefined;
  #waves = 0;

  /** @throws RangeError for an invalid room id. */
  constructor(options: RoomPresenceOptions) {
    super(options);
    this.onStateChange(({ status, receipt }) => this.#hear(status === "idle" || status === "refused" ? undefined : receipt?.invitation));
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
   * Calls back with an invitation, with its acceptance, and with `undefined` when it is over. Heard with the heartbeats.
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
      viewerState: () => `${pulse.viewerState()} ${this.#waves}`, // a wave is news too, once
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
    this.#waves++;
    this.viewerStateChanged();
  }

  async #answer(word: "accept" | "reject"): Promise<StageInvitation> {
    if (!this.#invitation)
      throw new RangeError("There is no open invitation.");
    const answered = await this.server.send<StageInvitation>("POST", `${roomPath(this.roomId)}/invitation/${encodeURIComponent(this.#invitation.id)}/${word}`);
    this.#hear(answered.status === "accepted" ? answered : undefined);
    return answered;
  }

  #hear(invitation: StageInvitation | undefined): void {
    const before = this.#invitation;
    this.#invitation = invitation;
    if (before?.id !== invitation?.id || before?.status !== invitation?.status)
      notify(this.#hosts, invitation);
  }
}
export { PresenceError } from "./PresenceError.js";
export type { HeartbeatReceipt, StageInvitation } from "./HeartbeatReceipt.js";
export type { PresenceErrorKind } from "./PresenceError.js";
export type { AppState, PresenceOptions } from "./PresenceOptions.js";
export type { PresenceState, PresenceStatus } from "./PresenceState.js";
export type { RoomPresenceOptions, ViewerState } from "./RoomPresence.js";
