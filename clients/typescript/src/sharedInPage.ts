import type { PresenceEnvironment } from "./PresenceEnvironment.js";

const pages = new WeakMap<Pick<PresenceEnvironment, "now">, Map<string, unknown>>();

/** What the instances of one page share under a key: made when it is first asked for, kept until it is forgotten or the page ends. */
export function sharedInPage<T>(environment: Pick<PresenceEnvironment, "now">, key: string, make: (forget: () => void) => T): T {
  let page = pages.get(environment);
  if (!page)
    pages.set(environment, page = new Map());
  if (!page.has(key))
    page.set(key, make(() => page.delete(key)));
  return page.get(key) as T;
}
