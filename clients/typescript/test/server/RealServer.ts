import { createHmac } from "node:crypto";
import { expect, inject } from "vitest";
import type { RoomViewer } from "../../src/presence.js";
import { eventually } from "./eventually.js";
import type { ServerAddress } from "./ServerProcess.js";

/** How many streams the server lets one user have. */
const mostStreams = 10;

interface SettingsDocument {
  readonly enabled: boolean;
  readonly heartbeatIntervalSeconds: number;
  readonly presenceTimeoutSeconds: number;
  readonly settingsVersion: number;
}

/** A running server, as an administrator and as viewers who log in meet it. */
export class RealServer {
  readonly url: string;
  readonly #address: ServerAddress;

  /** @param address By default that of the server these tests share. */
  constructor(address: ServerAddress = inject("server")) {
    this.url = address.url;
    this.#address = address;
  }

  async logIn(userId: string, deviceId = "laptop"): Promise<string> {
    const answer = await this.#call("POST", "/api/v5/sessions", { userId, displayName: userId.toUpperCase(), deviceId }, { "x-api-key": this.#address.clientKey });
    return answer.accessToken;
  }

  /** An access token as an app's backend signs it. */
  tokenOf(userId: string, claims: { readonly exp: number; readonly rooms?: readonly string[]; readonly jti?: string }): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: userId, ...claims })}`;
    return `${signed}.${createHmac("sha256", this.#address.tokenSecret).update(signed).digest("base64url")}`;
  }

  /** How many watch, as the server says itself. */
  async count(roomId: string): Promise<{ count: number; sessions: number; hidden: number }> {
    return this.#call("GET", `/api/v1/presence/rooms/${encodeURIComponent(roomId)}/users/count`);
  }

  async expectCount(roomId: string, members: Partial<{ count: number; sessions: number; hidden: number }>): Promise<void> {
    await eventually(async () => expect(await this.count(roomId)).toMatchObject(members));
  }

  async viewers(roomId: string): Promise<RoomViewer[]> {
    return (await this.#call("GET", `/api/v1/presence/rooms/${encodeURIComponent(roomId)}/users`)).viewers;
  }

  /** Invites a viewer to a room's stage, as its host does. */
  async invite(roomId: string, userId: string): Promise<void> {
    await this.#call("POST", `/api/v1/admin/rooms/${encodeURIComponent(roomId)}/invitations`, { userId });
  }

  async cancelInvitation(roomId: string, userId: string): Promise<void> {
    const { invitations } = await this.#call("GET", `/api/v1/admin/rooms/${encodeURIComponent(roomId)}/invitations`);
    const { id } = invitations.find((invitation: { userId: string }) => invitation.userId === userId);
    await this.#call("DELETE", `/api/v1/admin/rooms/${encodeURIComponent(roomId)}/invitations/${id}`);
  }

  async invitations(roomId: string): Promise<{ userId: string; status: string }[]> {
    const { invitations } = await this.#call("GET", `/api/v1/admin/rooms/${encodeURIComponent(roomId)}/invitations`);
    return invitations.map(({ userId, status }: { userId: string; status: string }) => ({ userId, status }));
  }

  /** When the server last heard of the only viewer in a room. */
  async lastHeartbeatAt(roomId: string): Promise<string> {
    return (await this.viewers(roomId))[0]!.lastHeartbeatAt;
  }

  /** When it last heard of a user, apart from rooms; undefined for whoever is not online, or does not want to be seen. */
  async userLastHeartbeatAt(userId: string): Promise<string | undefined> {
    return (await this.#call("GET", `/api/v1/presence/users/list?userIds=${userId}`)).presences[0].lastHeartbeat;
  }

  /** How many event streams a viewer has open: as many as there is no place for any more. */
  async streamsOf(token: string): Promise<number> {
    const closing = new AbortController();
    const open = () => fetch(`${this.url}/api/v1/presence/rooms/elsewhere/stream`, { headers: { authorization: `Bearer ${token}` }, signal: closing.signal });
    try {
      const answers = await Promise.all(Array.from({ length: mostStreams }, open));
      return answers.filter(answer => answer.status === 429).length;
    } finally {
      closing.abort();
    }
  }

  /** One heartbeat, as of somebody with another client. */
  async beat(token: string, roomId: string, sessionId = "another client"): Promise<number> {
    const answer = await fetch(`${this.url}/api/v1/presence/rooms/${roomId}/heartbeat`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ sessionId }) });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Somebody else comes into a room; leaves when the returned function is called. */
  async visitor(roomId: string): Promise<() => Promise<void>> {
    const token = await this.logIn(`visitor-${crypto.randomUUID().slice(0, 8)}`);
    expect(await this.beat(token, roomId)).toBe(202);
    return () => this.leave(token, roomId);
  }

  async leave(token: string, roomId: string, sessionId = "another client"): Promise<void> {
    await fetch(`${this.url}/api/v1/presence/rooms/${roomId}/heartbeat?sessionId=${encodeURIComponent(sessionId)}`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  }

  async settings(): Promise<SettingsDocument> {
    return this.#call("GET", "/api/v1/admin/settings");
  }

  /** Changes the network's settings while something is done, which is everybody's: then they are as before. */
  async withSettings(change: Partial<SettingsDocument>, body: () => Promise<void>): Promise<void> {
    const before = await this.settings();
    await this.change(change);
    try {
      await body();
    } finally {
      await this.change(before);
    }
  }

  async change(change: Partial<SettingsDocument>): Promise<void> {
    await this.#call("PUT", "/api/v1/admin/settings", { ...await this.settings(), ...change }, { "if-match": "*" });
  }

  async define(roomId: string, room: object): Promise<void> {
    await this.#call("PUT", `/api/v1/admin/rooms/${encodeURIComponent(roomId)}`, room, { "if-match": "*" });
  }

  async remove(roomId: string, userId: string, reason: string): Promise<void> {
    await this.#call("POST", `/api/v1/admin/rooms/${roomId}/removals`, { userId, durationSeconds: 600, reason });
  }

  async readmit(roomId: string, userId: string): Promise<void> {
    await this.#call("DELETE", `/api/v1/admin/rooms/${roomId}/removals/${userId}`);
  }

  async ban(userId: string, reason: string): Promise<void> {
    await this.#call("POST", "/api/v1/admin/removals", { userId, durationSeconds: 600, reason });
  }

  async unban(userId: string): Promise<void> {
    await this.#call("DELETE", `/api/v1/admin/removals/${userId}`);
  }

  async revoke(token: string): Promise<void> {
    await fetch(`${this.url}/api/v4/sessions`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  }

  async #call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const credentials = "x-api-key" in headers ? {} : { "x-server-key": this.#address.serverKey };
    const answer = await fetch(this.url + path, { method, headers: { ...credentials, "content-type": "application/json", ...headers }, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
