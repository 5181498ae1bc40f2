import { HeartbeatSender } from "./HeartbeatSender.js";
import { type PresenceSettings, settingsPath } from "./PresenceSettings.js";
import type { Pulse } from "./Pulse.js";
import { userPulse } from "./UserPulse.js";

/** Whether the user is online in the network, apart from any room. */
export class UserPresence extends HeartbeatSender {
  /** Lets others see the user online. Durable; a user begins enabled. */
  async enable(): Promise<void> {
    await this.#switch(true);
  }

  /** Keeps the user out of what others see. Durable. */
  async disable(): Promise<void> {
    await this.#switch(false);
  }

  /** Whether others may see the user online. Answers while presence is off, too. */
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
