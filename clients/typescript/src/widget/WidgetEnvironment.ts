import type { PresenceEnvironment } from "../PresenceEnvironment.js";

/** What widgets ask of the page. Their timers are ordinary ones: they rest while the page is hidden, so no worker has to keep time. */
export type WidgetEnvironment = Pick<PresenceEnvironment, "fetch" | "now" | "random" | "setTimer" | "isHidden" | "listen">;

export const widgetEnvironment: WidgetEnvironment = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  isHidden: () => document.hidden,
  listen(event, listener) {
    const target = event === "visibilitychange" ? document : globalThis;
    target.addEventListener(event, listener);
    return () => target.removeEventListener(event, listener);
  },
};
