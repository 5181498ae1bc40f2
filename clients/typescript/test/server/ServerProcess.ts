import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dll = process.env["PRESENCE_DLL"] ?? fileURLToPath(new URL("../../../../Dashboard/bin/Release/net10.0/Dashboard.dll", import.meta.url));
const longestStart = 120_000;

export interface ServerAddress {
  readonly url: string;
  readonly clientKey: string;
  readonly serverKey: string;
  /** What an app's backend signs access tokens of its own with. */
  readonly tokenSecret: string;
}

/** The real server, on a free port of its own, with a folder of its own. */
export class ServerProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "presence-server-"));
  readonly #settings: Record<string, string>;
  #process: ChildProcess | undefined;
  #url = "http://127.0.0.1:0";

  /** @param settings Configuration keys below `Presence`, in environment form. */
  constructor(settings: Record<string, string>) {
    this.#settings = settings;
  }

  /** Starts it, the second time where it was the first time. */
  async start(): Promise<ServerAddress> {
    if (!existsSync(dll))
      throw new Error(`There is no server at ${dll}. Build it (dotnet build Dashboard -c Release), or name another as PRESENCE_DLL.`);
    const clientKey = "client-key-of-these-tests";
    const serverKey = "server-key-of-these-tests-0123456789abcdef";
    const tokenSecret = "token-secret-of-these-tests-0123456789abcdef";
    const clients = { Clients__Key: clientKey, Clients__AllowUnverifiedLogin: "true", Clients__Jwt__Secret: tokenSecret };
    const configured = { Data: this.#folder, ...clients, Server__Key: serverKey, ...this.#settings };
    const environment = Object.fromEntries(Object.entries(configured).map(([key, value]) => [`Presence__${key}`, value]));
    this.#process = spawn("dotnet", [dll, "--urls", this.#url], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
    this.#url = await addressOf(this.#process);
    return { url: this.#url, clientKey, serverKey, tokenSecret };
  }

  async stop(): Promise<void> {
    const process = this.#process;
    const ended = new Promise(resolve => process?.once("exit", resolve));
    if (process?.exitCode === null && process.kill())
      await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`${why} Its output:\n${output}`));
    };
    const timer = setTimeout(() => fail("The server did not start in time."), longestStart);
    const read = (part: Buffer) => {
      output += part;
      const address = /Now listening on: (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (!address)
        return;
      clearTimeout(timer);
      resolve(address);
    };
    server.stdout!.on("data", read);
    server.stderr!.on("data", read);
    server.once("error", error => fail(`The server could not be started: ${error.message}.`));
    server.once("exit", code => fail(`The server ended with ${code}.`));
  });
}
