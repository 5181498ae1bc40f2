import type { RequestLine } from "../../support/FakeServer.js";
import { settle } from "../../support/ManualClock.js";
import { whenAborted } from "../../support/whenAborted.js";
import { PassingStream } from "./PassingStream.js";

/** A request of the client, and what the real server answered if it came so far. */
export interface PassedRequest extends RequestLine {
  /** Milliseconds since the page opened, by its own clock. */
  readonly at: number;
  readonly headers: Headers;
  readonly token: string;
  readonly body: string;
  readonly init: RequestInit;
  answer?: { readonly status: number; readonly body: any };
}

/** What happens to a request instead of being passed on, which the argument does. */
export type Trouble = (pass: () => Promise<Response>) => Promise<Response>;

export interface Held {
  /** Lets go what was held, and what comes after. */
  release(): void;
}

/** Passes requests on to the real server, and tells of them; unless a test has trouble in mind for the next of a kind. */
export class TroubledNetwork {
  readonly requests: PassedRequest[] = [];
  readonly streams: PassingStream[] = [];
  /** While it is true, streams bring nothing. */
  isSilent = false;

  readonly #ending = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #troubles: { readonly meets: (request: RequestLine) => boolean; readonly trouble: Trouble; timesLeft: number }[] = [];

  of(kind: (request: RequestLine) => boolean): PassedRequest[] {
    return this.requests.filter(kind);
  }

  /** The next requests of a kind meet this trouble; once, unless said otherwise. */
  meets(kind: (request: RequestLine) => boolean, trouble: Trouble, times = 1): void {
    this.#troubles.push({ meets: kind, trouble, timesLeft: times });
  }

  /** Keeps the next request of a kind back, before the server sees it. */
  holdsRequest(kind: (request: RequestLine) => boolean): Held {
    return this.#holds(kind, (pass, released) => released.then(pass));
  }

  /** Lets the next request of a kind reach the server and keeps its answer back. */
  holdsAnswer(kind: (request: RequestLine) => boolean): Held {
    return this.#holds(kind, async (pass, released) => {
      const response = await pass();
      await released;
      return response;
    });
  }

  /** No more trouble. */
  heal(): void {
    this.#troubles.length = 0;
  }

  async fetch(at: number, url: string, init: RequestInit): Promise<Response> {
    if (this.#ending.signal.aborted)
      return new Promise(() => {}); // whoever goes on after the test waits for ever
    const { pathname, search } = new URL(url);
    const headers = new Headers(init.headers);
    const token = headers.get("Authorization")?.replace("Bearer ", "") ?? "";
    const request: PassedRequest = { at, method: init.method ?? "GET", path: pathname + search, headers, token, body: `${init.body ?? ""}`, init };
    this.requests.push(request);
    const answered = this.#answer(request, () => this.#pass(request, url, init));
    answered.catch(() => {}); // the client may have given up by then
    const answer = await Promise.race([answered, whenAborted(init.signal)]);
    if (answer instanceof Error)
      throw answer;
    return answer;
  }

  /** Waits for the server's answer to everything that is on its way to it, and for what follows from them. */
  readonly quiet = async (): Promise<void> => {
    for (;;) {
      await settle();
      if (!this.#underWay.size)
        return;
      await Promise.allSettled(this.#underWay);
    }
  };

  /** Work beside the client's own requests that its clock waits for, such as signing in. */
  during<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => void this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }

  end(): void {
    this.#ending.abort();
  }

  #holds(kind: (request: RequestLine) => boolean, trouble: (pass: () => Promise<Response>, released: Promise<void>) => Promise<Response>): Held {
    let release!: () => void;
    const released = new Promise<void>(resolve => void (release = resolve));
    this.meets(kind, pass => trouble(pass, released));
    return { release };
  }

  #answer(request: PassedRequest, pass: () => Promise<Response>): Promise<Response> {
    const script = this.#troubles.find(candidate => candidate.timesLeft > 0 && candidate.meets(request));
    if (!script)
      return pass();
    script.timesLeft--;
    return script.trouble(pass);
  }

  #pass(request: PassedRequest, url: string, init: RequestInit): Promise<Response> {
    return this.during(this.#send(request, url, init));
  }

  async #send(request: PassedRequest, url: string, init: RequestInit): Promise<Response> {
    const signals = [this.#ending.signal, ...(init.signal ? [init.signal] : [])];
    const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
    const { status, headers } = response;
    if (headers.get("Content-Type")?.startsWith("text/event-stream")) {
      request.answer = { status, body: undefined };
      const stream = new PassingStream(response.body!, () => this.isSilent);
      this.streams.push(stream);
      return new Response(stream.body, { status, headers });
    }
    const text = await response.text();
    request.answer = { status, body: text && JSON.parse(text) };
    return new Response(text || null, { status, headers });
  }
}
