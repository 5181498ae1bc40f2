import { onTestFinished } from "vitest";
import { RoomPresence, type RoomPresenceOptions } from "../../../src/presence.js";
import { RealServer } from "../RealServer.js";
import { RealPage } from "./RealPage.js";

export const server = new RealServer();

/** What a room's clients are told. Only a leave ends such a session while a test runs, however far it moves its clock. */
export const patient = { heartbeatIntervalSeconds: 30, presenceTimeoutSeconds: 900 };

/** One viewer's page with one room open. */
export interface Visit {
  readonly page: RealPage;
  readonly presence: RoomPresence;
  readonly roomId: string;
  readonly userId: string;
  readonly token: string;
}

/** A room and a user of the test's own. */
export async function visit(options: Partial<RoomPresenceOptions> = {}, overrides: object = patient): Promise<Visit> {
  const name = crypto.randomUUID().slice(0, 8);
  const { roomId = `room-${name}` } = options;
  const userId = `viewer-${name}`;
  await server.define(roomId, { overrides });
  const token = await server.logIn(userId);
  const page = newPage();
  return { page, roomId, userId, token, presence: presenceOn(page, { roomId, token, ...options }) };
}

/** Ends with its test, and with it every connection to the server. */
export function newPage(): RealPage {
  const page = new RealPage();
  onTestFinished(() => page.network.end());
  return page;
}

export function presenceOn(page: RealPage, options: Partial<RoomPresenceOptions> & { readonly roomId: string }): RoomPresence {
  return new RoomPresence({ baseUrl: server.url, environment: page, ...options, ...(options.getToken && { token: undefined }) });
}

/** Milliseconds from an answer to the next heartbeat that it asks for, as timers count them. */
export function dueIn(presence: RoomPresence): number {
  return Math.ceil(presence.state.receipt!.nextHeartbeatInSeconds * 1000);
}
