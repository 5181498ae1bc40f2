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
export interface AccessTokens {
  /** The last one taken; a page that closes cannot wait for another. */
  current(): string | undefined;
  /** Who the token speaks for, unverified; the token itself where that cannot be read. */
  subject(): string;
  /** A token that is good by this device's clock. Renewed early, beside its use, so that no heartbeat waits for it. */
  get(): Promise<string>;
  /** Another token than the one refused; undefined when there is no other. */
  replace(refused: string): Promise<string | undefined>;
}

export function accessTokens(environment: PresenceEnvironment, { token: given, getToken }: PresenceOptions): AccessTokens {
  let token: string | undefined;
  let payload: TokenPayload = {};
  let renewAt = Infinity;
  let expiresAt = Infinity;
  let renewing: Promise<string> | undefined;

  function renew(): Promise<string> {
    return renewing ??= ask().finally(() => renewing = undefined);
  }

  async function ask(): Promise<string> {
    if (!getToken)
      throw new PresenceError("unauthorized", "Set token or getToken.");
    let answer;
    try {
      answer = await withinTime(environment, undefined, async () => getToken());
    } catch (cause) {
      throw cause instanceof PresenceError ? cause : unavailable("getToken failed.", cause);
    }
    if (!answer)
      throw new PresenceError("unauthorized", "getToken returned no token.");
    take(answer);
    return answer;
  }

  function take(taken: string): void {
    token = taken;
    payload = payloadOf(taken);
    const now = environment.now();
    const left = getToken && payload.exp ? payload.exp * 1000 - now : 0;
    // A new token that looks expired means that this device's clock is wrong: then the server says when one is.
    expiresAt = left > 0 ? now + left : Infinity;
    renewAt = left > 0 ? now + left * 0.8 : Infinity;
  }

  if (given)
    take(given);
  return {
    current: () => token,
    subject: () => payload.sub ?? payload.user?.userId ?? token ?? "",
    async get() {
      const now = environment.now();
      if (!token || now >= expiresAt)
        return renew();
      if (now >= renewAt)
        renew().catch(() => {}); // the present one is good a while longer
      return token;
    },
    async replace(refused) {
      if (!getToken)
        return undefined;
      const next = token === refused ? await renew() : token;
      return next === refused ? undefined : next;
    },
  };
}

function payloadOf(token: string): TokenPayload {
  try {
    const payload: unknown = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")));
    return payload && typeof payload === "object" ? payload : {};
  } catch {
    return {}; // not for us to judge: the server does
  }
}
