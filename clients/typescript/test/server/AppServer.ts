import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const page = `<!doctype html><meta charset="utf-8"><title>An app</title>
<script type="module">
  import { RoomPresence } from "/presence.js";
  // A timer like any other of a page: how many seconds lie between its ticks, one of which they should be.
  window.gaps = [];
  let tickedAt = performance.now();
  setInterval(() => {
    const now = performance.now();
    window.gaps.push(Math.round((now - tickedAt) / 100) / 10);
    tickedAt = now;
  }, 1000);
  window.seen = [];
  window.start = (options, watches) => {
    window.room = new RoomPresence(options);
    window.room.onStateChange(state => window.seen.push(state.status));
    if (watches)
      window.room.watchCount(count => document.title = String(count));
    return window.room.startHeartbeat();
  };
  window.told = {};
  window.watchAll = (options, roomIds) => {
    for (const roomId of roomIds)
      new RoomPresence({ ...options, roomId }).watchCount(count => window.told[roomId] = count);
  };
  window.isReady = true;
</script>`;

/** An app's own server, of another origin than the presence server: a page with the built bundle. */
export class AppServer {
  readonly #server = createServer((request, answer) => {
    const { pathname, searchParams } = new URL(request.url!, "http://localhost");
    if (pathname === "/presence.js" || pathname === "/timer-worker.js")
      return answer.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(new URL(`../../dist${pathname}`, import.meta.url)));
    const policy = searchParams.get("policy");
    return answer.writeHead(200, { "Content-Type": "text/html", ...(policy && { "Content-Security-Policy": policy }) }).end(page);
  });

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  end(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
