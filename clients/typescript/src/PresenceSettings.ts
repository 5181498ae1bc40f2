export const settingsPath = "/api/v1/presence/settings";

/** What the server tells clients of its settings, also while presence is off. */
export interface PresenceSettings {
  readonly user: { readonly enabled: boolean };
  readonly network: { readonly heartbeatInterval: number };
}
