import { RoomPresence, type RoomPresenceOptions } from "../../src/presence.js";
import type { FakePage } from "./FakePage.js";

export function room(page: FakePage, options: Partial<RoomPresenceOptions> = {}): RoomPresence {
  const identity = options.getToken ? {} : { token: tokenOf("anna") };
  return new RoomPresence({ baseUrl: "https://presence.test/", roomId: "lobby", environment: page, ...identity, ...options });
}

/** An unsigned access token: the client reads its payload and verifies nothing. */
export function tokenOf(userId: string, claims: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part({ sub: userId, ...claims })}.signature`;
}
