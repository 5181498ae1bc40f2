import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const dll = process.env["PRESENCE_DLL"] ?? fileURLToPath(new URL("../../../../Dashboard/bin/Release/net10.0/Dashboard.dll", import.meta.url));
const clientKey = "client-key-of-these-tests";
const serverKey = "server-key-of-these-tests-0123456789abcdef";
const longestStart = 120_000;

declare module "vitest" {
  export interface ProvidedContext {
    server: { readonly url: string; readonly clientKey: string; readonly serverKey: string };
  }
}

/** Starts the server these tests talk to, on a free port, with a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(dll))
    throw new Error(`There is no server at ${dll}. Build it (dotnet build Dashboard -c Release), or name another as PRESENCE_DLL.`);
  const folder = mkdtempSync(join(tmpdir(), "presence-server-"));
  const server = spawn("dotnet", [dll, "--urls", "http://127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      Presence__Data: folder,
      Presence__Clients__Key: clientKey,
      Presence__Clients__AllowUnverifiedLogin: "true",
      Presence__Server__Key: serverKey,
      Presence__Initial__HeartbeatInterval: "1",
      Presence__Initial__PresenceTimeout: "6",
    },
  });
  const stop = async () => {
    const ended = new Promise(resolve => server.once("exit", resolve));
    if (server.exitCode === null && server.kill())
      await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    project.provide("server", { url: await addressOf(server), clientKey, serverKey });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (why: string) => reject(new Error(`${why} Its output:\n${output}`));
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
    server.once("exit", code => fail(`The server ended with ${code}.`));
  });
}
