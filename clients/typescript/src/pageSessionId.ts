import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import { sharedInPage } from "./sharedInPage.js";

/**
 * One for each page load, kept in memory alone: a duplicated tab copies its storage, and the beacon of a page that reloads
 * may arrive after the first heartbeat of the new one, whose session it must not end.
 */
export function pageSessionId(environment: PresenceEnvironment): string {
  const part = () => environment.random().toString(36).slice(2, 12);
  return sharedInPage(environment, "session", () => `page-${part()}${part()}`);
}
