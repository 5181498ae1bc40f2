import { HeartbeatSender } from "./HeartbeatSender.js";
import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import type { Pulse } from "./Pulse.js";
import { userPulse } from "./UserPulse.js";

/** A user's online state in the network, independent of rooms. */
export class UserPresence extends HeartbeatSender {
  /** Shows the user as online to others. Saved on the server. On by default. */
  async enable(): Promise<void> {
    await this.#switch(true);
  }

  /** Hides the user from others. Saved on the server. */
  async disable(): Promise<void> {
    await this.#switch(false);
  }

  /** Whether others can see the user online. Also works while presence is off. */
  async isEnabled(options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    return (await this.server.read<PresenceSettings>(settingsPath, options.signal)).user.enabled;
  }

  /** @internal */
  protected override pulse(): Pulse {
    return userPulse(this.server);
  }

  #switch(enabled: boolean): Promise<unknown> {
    return this.server.send("PUT", `${settingsPath}/user`, { enabled });
  }
}
