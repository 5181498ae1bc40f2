import { PresenceError, unavailable } from "./PresenceError.js";
import type { PresenceEnvironment } from "./PresenceEnvironment.js";
import type { PresenceOptions } from "./PresenceOptions.js";
import { withinTime } from "./withinTime.js";

interface TokenPayload {
  readonly sub?: string;
  readonly exp?: number;
  readonly user?: { readonly userId?: string };
}

/** The access token in use, and where the next one comes from. */
export class AccessTokens {
  readonly #environment: PresenceEnvironment;
  readonly #getToken: PresenceOptions["getToken"];
  #token: string | undefined;
  #payload: TokenPayload = {};
  #renewAt = Infinity;
  #expiresAt = Infinity;
  #renewing: Promise<string> | undefined;

  constructor(environment: PresenceEnvironment, { token, getToken }: PresenceOptions) {
    this.#environment = environment;
    this.#getToken = getToken;
    if (token)
      this.#take(token);
  }

  /** The last one taken; a page that closes cannot wait for another. */
  get current(): string | undefined {
    return this.#token;
  }

  /** Who the token speaks for, unverified; the token itself where that cannot be read. */
  get subject(): string {
    return this.#payload.sub ?? this.#payload.user?.userId ?? this.#token ?? "";
  }

  /** A token that is good by this device's clock. Renewed early, beside its use, so that no heartbeat waits for it. */
  async get(): Promise<string> {
    const now = this.#environment.now();
    if (!this.#token || now >= this.#expiresAt)
      return this.#renew();
    if (now >= this.#renewAt)
      this.#renew().catch(() => {}); // the present one is good a while longer
    return this.#token;
  }

  /** Another token than the one refused; undefined when there is no other. */
  async replace(refused: string): Promise<string | undefined> {
    if (!this.#getToken)
      return undefined;
    const token = this.#token === refused ? await this.#renew() : this.#token;
    return token === refused ? undefined : token;
  }

  #renew(): Promise<string> {
    return this.#renewing ??= this.#ask().finally(() => this.#renewing = undefined);
  }

  async #ask(): Promise<string> {
    const getToken = this.#getToken;
    if (!getToken)
      throw new PresenceError("unauthorized", "Neither token nor getToken was given; one of them says who the viewer is.");
    let token;
    try {
      token = await withinTime(this.#environment, undefined, async () => getToken());
    } catch (cause) {
      throw cause instanceof PresenceError ? cause : unavailable("getToken failed.", cause);
    }
    if (!token)
      throw new PresenceError("unauthorized", "getToken answered no token.");
    this.#take(token);
    return token;
  }

  #take(token: string): void {
    this.#token = token;
    this.#payload = payloadOf(token);
    const now = this.#environment.now();
    const left = this.#getToken && this.#payload.exp ? this.#payload.exp * 1000 - now : 0;
    // A new token that looks expired means that this device's clock is wrong: then the server says when one is.
    this.#expiresAt = left > 0 ? now + left : Infinity;
    this.#renewAt = left > 0 ? now + left * 0.8 : Infinity;
  }
}

function payloadOf(token: string): TokenPayload {
  try {
    const payload: unknown = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")));
    return payload && typeof payload === "object" ? payload : {};
  } catch {
    return {}; // not for us to judge: the server does
  }
}
