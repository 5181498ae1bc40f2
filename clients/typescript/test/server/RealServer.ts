import { expect, inject } from "vitest";
import { eventually } from "./eventually.js";
import type { ServerAddress } from "./ServerProcess.js";

/** A running server, as an administrator and as viewers who log in meet it. */
export class RealServer {
  readonly url: string;
  readonly #clientKey: string;
  readonly #serverKey: string;

  /** @param address By default that of the server these tests share. */
  constructor({ url, clientKey, serverKey }: ServerAddress = inject("server")) {
    this.url = url;
    this.#clientKey = clientKey;
    this.#serverKey = serverKey;
  }

  async logIn(userId: string, deviceId = "laptop"): Promise<string> {
    const answer = await this.#call("POST", "/api/v5/sessions", { userId, displayName: userId.toUpperCase(), deviceId }, { "x-api-key": this.#clientKey });
    return answer.accessToken;
  }

  /** How many watch, as the server says itself. */
  async count(roomId: string): Promise<{ count: number; sessions: number; hidden: number }> {
    return this.#call("GET", `/api/v1/presence/rooms/${encodeURIComponent(roomId)}/users/count`);
  }

  async expectCount(roomId: string, members: Partial<{ count: number; sessions: number; hidden: number }>): Promise<void> {
    await eventually(async () => expect(await this.count(roomId)).toMatchObject(members));
  }

  async define(roomId: string, room: object): Promise<void> {
    await this.#call("PUT", `/api/v1/admin/rooms/${roomId}`, room, { "if-match": "*" });
  }

  async remove(roomId: string, userId: string, reason: string): Promise<void> {
    await this.#call("POST", `/api/v1/admin/rooms/${roomId}/removals`, { userId, durationSeconds: 600, reason });
  }

  async readmit(roomId: string, userId: string): Promise<void> {
    await this.#call("DELETE", `/api/v1/admin/rooms/${roomId}/removals/${userId}`);
  }

  async revoke(token: string): Promise<void> {
    await fetch(`${this.url}/api/v4/sessions`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  }

  async #call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const credentials = "x-api-key" in headers ? {} : { "x-server-key": this.#serverKey };
    const answer = await fetch(this.url + path, { method, headers: { ...credentials, "content-type": "application/json", ...headers }, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
