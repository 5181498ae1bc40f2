import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * A real browser, told what to do over its own pipe: the libraries for it switch off the very throttling of hidden tabs that
 * is to be seen here. Chromium is found as `CHROMIUM`, or by its usual name.
 */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), "presence-chromium-"));
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #last = 0;
  #unread = "";

  constructor() {
    this.#process = spawn(process.env["CHROMIUM"] ?? "chromium", [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--user-data-dir=${this.#folder}`, "--remote-debugging-pipe",
      // As after five minutes in the background: timers wake once a minute.
      "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1",
      "about:blank",
    ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#process.once("error", () => {}); // a missing browser is told by the first call, which gets no answer
    (this.#process.stdio[4] as Readable).setEncoding("utf8").on("data", (part: string) => this.#read(part));
  }

  async send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = ++this.#last;
    const replied = new Promise<Reply>(resolve => this.#waiting.set(id, resolve));
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await replied;
    if (error)
      throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  /** Opens a tab in front of the others, which are hidden from then on. */
  async open(url: string): Promise<Tab> {
    const { targetId } = await this.send<{ targetId: string }>("Target.createTarget", { url });
    const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
    await this.send("Target.activateTarget", { targetId });
    return new Tab(this, targetId, sessionId);
  }

  async end(): Promise<void> {
    const ended = new Promise(resolve => this.#process.once("exit", resolve));
    if (this.#process.exitCode === null && this.#process.kill())
      await ended;
    // Its helpers may write for a moment longer than the browser itself lives; a folder that stays fails no test.
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        return rmSync(this.#folder, { recursive: true, force: true });
      } catch {
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
  }

  #read(part: string): void {
    const messages = (this.#unread + part).split("\0");
    this.#unread = messages.pop()!;
    for (const message of messages) {
      const reply: Reply = JSON.parse(message);
      if (reply.id === undefined)
        continue;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    }
  }
}

/** One tab of it. */
export class Tab {
  readonly #browser: Chromium;
  readonly #targetId: string;
  readonly #sessionId: string;

  constructor(browser: Chromium, targetId: string, sessionId: string) {
    this.#browser = browser;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    return this.#browser.send<T>(method, params, this.#sessionId);
  }

  /** What an expression says in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send<{ result: { value: T; description?: string }; exceptionDetails?: { exception?: { description?: string } } }>(
      "Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails)
      throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  toFront(): Promise<unknown> {
    return this.#browser.send("Target.activateTarget", { targetId: this.#targetId });
  }

  close(): Promise<unknown> {
    return this.#browser.send("Target.closeTarget", { targetId: this.#targetId });
  }
}
