import type { TestProject } from "vitest/node";
import { type ServerAddress, ServerProcess } from "./ServerProcess.js";

declare module "vitest" {
  export interface ProvidedContext {
    server: ServerAddress;
  }
}

/** Starts the server that these tests share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = new ServerProcess({ Initial__HeartbeatInterval: "1", Initial__PresenceTimeout: "6" });
  try {
    project.provide("server", await server.start());
  } catch (error) {
    await server.end();
    throw error;
  }
  return () => server.end();
}
