import { FakeServer } from "./FakeServer.js";
import { ManualClock } from "./ManualClock.js";
import { ScriptedPage } from "./ScriptedPage.js";

/** A page before a server that a test scripts, too. */
export class FakePage extends ScriptedPage {
  readonly server = new FakeServer();
  readonly beacons: { url: string; fields: Record<string, string> }[] = [];

  constructor() {
    super(new ManualClock());
  }

  fetch = (url: string, init: RequestInit) => this.server.fetch(url, init);

  sendBeacon = (url: string, body: URLSearchParams) => {
    if (this.hasBeacons)
      this.beacons.push({ url, fields: Object.fromEntries(body) });
    return this.hasBeacons;
  };
}
