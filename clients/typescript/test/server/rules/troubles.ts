import type { RequestLine } from "../../support/FakeServer.js";
import type { Trouble } from "./TroubledNetwork.js";

export const beacons = (request: RequestLine) => request.path.endsWith("/leave");
export const anything = () => true;

/** The network fails, and the server never hears of it. */
export const lostBefore: Trouble = async () => {
  throw new TypeError("fetch failed");
};

/** The server takes it, but nobody hears of that. */
export const lostAfter: Trouble = async pass => {
  await pass();
  throw new TypeError("fetch failed");
};

/** Something in between answers in the server's place. */
export function insteadOf(status: number, body: string, headers: Record<string, string> = {}): Trouble {
  return async () => new Response(body, { status, headers });
}
