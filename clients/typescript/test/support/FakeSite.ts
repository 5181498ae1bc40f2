import type { WidgetEnvironment } from "../../src/widget/WidgetEnvironment.js";
import { FakePage } from "./FakePage.js";
import { type FakeServer, json, type SeenRequest } from "./FakeServer.js";

export const badges = (request: SeenRequest) => request.path.startsWith("/badge/");

/** A page of another site, and what a public link answers there. */
export class FakeSite extends FakePage implements WidgetEnvironment {
  count = 3;
  names: string[] | undefined;
  pictures: Record<string, string> = {};

  constructor() {
    super();
    this.server.answers(badges, () => json(200, {
      count: this.count,
      refreshInSeconds: 5,
      ...(this.names && { viewers: this.names.map(name => ({ name, picture: this.pictures[name] })) }),
    }), Infinity);
  }

  /** The next answers are others. */
  answersOnce(answer: Parameters<FakeServer["answers"]>[1], times = 1): void {
    this.server.answersFirst(badges, answer, times);
  }
}
