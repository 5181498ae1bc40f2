import { ManualClock } from "../../support/ManualClock.js";
import { ScriptedPage } from "../../support/ScriptedPage.js";
import { TroubledNetwork } from "./TroubledNetwork.js";

/** A page before the real server, behind a network in the test's hands. Its clock starts as the server's stands, and then moves by hand. */
export class RealPage extends ScriptedPage {
  readonly network: TroubledNetwork;

  constructor() {
    const network = new TroubledNetwork();
    super(new ManualClock(network.quiet, Date.now()));
    this.network = network;
  }

  fetch = (url: string, init: RequestInit) => this.network.fetch(this.clock.elapsed, url, init);

  sendBeacon = (url: string, body: URLSearchParams) => {
    if (this.hasBeacons)
      this.fetch(url, { method: "POST", body, keepalive: true }).catch(() => {});
    return this.hasBeacons;
  };

  /** Until the server has answered what it was asked, and nothing more follows without time passing. */
  quiet(): Promise<void> {
    return this.network.quiet();
  }

  /** To the millisecond before something is due. */
  async advanceJustBefore(milliseconds: number): Promise<void> {
    await this.clock.advance(Math.ceil(milliseconds) - 1);
    await this.quiet();
  }

  async advance(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    await this.quiet();
  }
}
