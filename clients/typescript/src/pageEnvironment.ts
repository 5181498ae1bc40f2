import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import type { AppState } from "./PresenceOptions.js";
import { setWorkerTimer } from "./workerTimer.js";

// Any of these may be missing: Node has no page, React Native neither a document nor beacons.
const globals: Partial<Pick<typeof globalThis, "document" | "navigator" | "addEventListener" | "removeEventListener">> = globalThis;

/** Of a browser's six connections to a server two are left for heartbeats and reads, however many windows there are. */
const streamPlaces = 4;

let app: AppState | undefined;

/** Follows a mobile app into the background, and back. */
export function setAppState(appState: AppState): void {
  app = appState;
}

const isInBackground = () => app?.currentState === "background";

/** The platform as its globals show it. Looked up when used: a module may be loaded before they are there. */
export const pageEnvironment: PresenceEnvironment = {
  fetch: (url, init) => fetch(url, init),
  // React Native's answers have no such member; its fetch would wait for the end of a stream.
  readsStreams: () => "body" in Response.prototype,
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer: setWorkerTimer,
  isOnline: () => globals.navigator?.onLine !== false,
  isHidden: () => isInBackground() || globals.document?.visibilityState === "hidden",
  sendBeacon: (url, body) => globals.navigator?.sendBeacon?.(url, body) ?? false,
  takeStreamPlace: (baseUrl, places = streamPlaces) => new Promise(taken => {
    const locks = globals.navigator?.locks;
    if (!locks || !places)
      return taken(locks ? undefined : () => {});
    const request = (lock: unknown) => lock ? new Promise<void>(taken) : taken(pageEnvironment.takeStreamPlace!(baseUrl, places - 1));
    locks.request(`presence ${places} ${baseUrl}`, { ifAvailable: true }, request).catch(() => taken(() => {})); // who may not use locks, such as a sandboxed frame
  }),
  listen(event, listener) {
    if (app && event !== "online") {
      const leaves = event === "pagehide";
      const tell = () => (event === "visibilitychange" || leaves === isInBackground()) && listener();
      if (leaves)
        tell(); // begun in the background
      const subscription = app.addEventListener("change", tell);
      return () => subscription.remove();
    }
    const target = event === "visibilitychange" ? globals.document : globals;
    target?.addEventListener?.(event, listener);
    return () => target?.removeEventListener?.(event, listener);
  },
};
