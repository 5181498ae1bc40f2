import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import { setWorkerTimer } from "./workerTimer.js";

// Any of these may be missing: Node has no page, React Native neither a document nor beacons.
const globals: Partial<Pick<typeof globalThis, "document" | "navigator" | "addEventListener" | "removeEventListener">> = globalThis;

/** The platform as its globals show it. Looked up when used: a module may be loaded before they are there. */
export const pageEnvironment: PresenceEnvironment = {
  fetch: (url, init) => fetch(url, init),
  // React Native's answers have no such member; its fetch would wait for the end of a stream.
  readsStreams: () => "body" in Response.prototype,
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer: setWorkerTimer,
  isOnline: () => globals.navigator?.onLine !== false,
  isHidden: () => globals.document?.visibilityState === "hidden",
  sendBeacon: (url, body) => globals.navigator?.sendBeacon?.(url, body) ?? false,
  listen(event, listener) {
    const target = event === "visibilitychange" ? globals.document : globals;
    target?.addEventListener?.(event, listener);
    return () => target?.removeEventListener?.(event, listener);
  },
};
