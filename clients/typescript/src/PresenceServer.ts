import { Alarm } from "./Alarm.js";
import { accessTokens, type AccessTokens } from "./AccessTokens.js";
import { PresenceError, notOfThisServer, refusalOf, unavailable } from "./PresenceError.js";
import { pageEnvironment } from "./pageEnvironment.js";
import type { StageInvitation } from "./HeartbeatReceipt.js";
import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import type { PresenceOptions } from "./PresenceOptions.js";
import { retryDelay } from "./retryPolicy.js";
import { withinTime } from "./withinTime.js";

const readAttempts = 3;

/** The server's API, as the user of a token sees it. Every method rejects with a PresenceError, or as its signal says. */
export class PresenceServer {
  readonly environment: PresenceEnvironment;
  readonly baseUrl: string;
  /** Set by who wants what a stream tells of the user's invitations. */
  declare hear?: (invitation: StageInvitation) => void;
  readonly #tokens: AccessTokens;

  constructor(options: PresenceOptions) {
    this.environment = options.environment ?? pageEnvironment;
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#tokens = accessTokens(this.environment, options);
  }

  /** Who the caller is, without a request but for a token. */
  async subject(): Promise<string> {
    await this.#tokens.get();
    return this.#tokens.subject();
  }

  /** One attempt; the answer, or undefined where none is to be expected. */
  send<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
    return withinTime(this.environment, signal, async signal => {
      const response = await this.#request(path, {
        method,
        signal,
        keepalive: method === "DELETE", // a leave outlives its page
        ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
      if (response.status === 204)
        return undefined as T;
      return response.json().catch(cause => {
        throw notOfThisServer(cause);
      });
    });
  }

  /** A read that is worth trying again for. */
  async read<T>(path: string, signal?: AbortSignal): Promise<T> {
    const alarm = new Alarm(this.environment);
    const wake = () => alarm.ring();
    signal?.addEventListener("abort", wake);
    try {
      for (let failures = 0; ; failures++) {
        try {
          return await this.send<T>("GET", path, undefined, signal);
        } catch (error) {
          if (!isPassing(error) || failures + 1 === readAttempts)
            throw error;
          await alarm.wait(retryDelay(failures, error, this.environment.random()));
        }
      }
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }

  /** Server-sent events; the signal ends them. */
  open(path: string, signal: AbortSignal): Promise<Response> {
    return withinTime(this.environment, signal, () => this.#request(path, { signal, headers: { Accept: "text/event-stream" } }));
  }

  /** Sends while the page closes: no header can be set then, so the token is in the body. */
  beacon(path: string, fields: Record<string, string>): boolean {
    return this.environment.sendBeacon(this.baseUrl + path, new URLSearchParams({ ...fields, token: this.#tokens.current() ?? "" }));
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const { environment } = this;
    let token: string | undefined = await this.#tokens.get();
    for (let isRenewed = false; ; isRenewed = true) {
      const headers = { ...init.headers, Authorization: `Bearer ${token}` };
      const response = await environment.fetch(this.baseUrl + path, { ...init, headers, credentials: "omit" }).catch(cause => {
        throw unavailable("Couldn't reach the server.", cause);
      });
      if (response.ok)
        return response;
      const error = await refusalOf(response, environment.now());
      if (error.kind !== "unauthorized" || isRenewed)
        throw error;
      token = await this.#tokens.replace(token);
      if (!token)
        throw error;
    }
  }
}

function isPassing(error: unknown): error is PresenceError {
  return error instanceof PresenceError && !error.isFinal && error.kind !== "disabled";
}
