import { whenAborted } from "./whenAborted.js";

/** What tells requests apart. */
export interface RequestLine {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
}

export interface SeenRequest extends RequestLine {
  readonly token: string;
  readonly body: Record<string, unknown> | undefined;
  readonly init: RequestInit;
}

type Answer = Response | Error | "never";
type Handler = (request: SeenRequest) => Answer | Promise<Answer>;

export const beats = (request: RequestLine) => request.method === "POST" && /\/heartbeat(\?|$)/.test(request.path);
export const leaves = (request: RequestLine) => request.method === "DELETE";
export const streams = (request: RequestLine) => /\/stream(\?|$)/.test(request.path);
export const counts = (request: RequestLine) => request.path.endsWith("/users/count");

/** Answers as the server would when all is well, unless a test has something else in mind for the next request of a kind. */
export class FakeServer {
  readonly requests: SeenRequest[] = [];
  readonly #handlers: { readonly takes: (request: SeenRequest) => boolean; readonly handler: Handler; timesLeft: number }[] = [];

  next = 28.08;
  interval = 30;
  count = 3;
  settingsVersion = 7;

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(url);
    const headers = new Headers(init.headers);
    const request: SeenRequest = {
      method: init.method ?? "GET",
      path: pathname + search,
      token: headers.get("Authorization")?.replace("Bearer ", "") ?? "",
      body: init.body ? JSON.parse(init.body as string) : undefined,
      init,
    };
    this.requests.push(request);
    const answer = await Promise.race([this.#answer(request), whenAborted(init.signal)]);
    if (answer instanceof Error)
      throw answer;
    return answer as Response;
  };

  of(takes: (request: SeenRequest) => boolean): SeenRequest[] {
    return this.requests.filter(takes);
  }

  /** The next requests of a kind are answered so; once, unless said otherwise. */
  answers(takes: (request: SeenRequest) => boolean, handler: Answer | Handler, times = 1): void {
    this.#handlers.push({ takes, handler: typeof handler === "function" ? handler : () => handler instanceof Response ? handler.clone() : handler, timesLeft: times });
  }

  /** The same, before what was said so far. */
  answersFirst(takes: (request: SeenRequest) => boolean, handler: Answer | Handler, times = 1): void {
    this.answers(takes, handler, times);
    this.#handlers.unshift(this.#handlers.pop()!);
  }

  async #answer(request: SeenRequest): Promise<Answer> {
    const scripted = this.#handlers.find(candidate => candidate.timesLeft > 0 && candidate.takes(request));
    if (scripted) {
      scripted.timesLeft--;
      const answer = await scripted.handler(request);
      return answer === "never" ? new Promise<Answer>(() => {}) : answer;
    }
    if (beats(request) && request.path.startsWith("/api/v1/presence/rooms/"))
      return json(202, { success: true, heartbeatIntervalSeconds: this.interval, presenceTimeoutSeconds: 60, nextHeartbeatInSeconds: this.next, settingsVersion: this.settingsVersion, ...(request.path.endsWith("?include=count") && { count: this.count }) });
    if (beats(request))
      return json(202, { success: true });
    if (leaves(request))
      return new Response(null, { status: 204 });
    if (counts(request))
      return json(200, { count: this.count });
    if (request.path === "/api/v1/presence/settings")
      return json(200, { user: { enabled: true }, network: { heartbeatInterval: this.interval }, room: { enabled: true } });
    return refusal(404, 400400);
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

export function refusal(status: number, code: number, headers: Record<string, string> = {}, data?: object): Response {
  return json(status, { status: "error", code, message: `code ${code}`, data }, headers);
}

export const unreachable = () => new TypeError("fetch failed");
