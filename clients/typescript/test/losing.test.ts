import { expect } from "vitest";
import { FakePage } from "./support/FakePage.js";
import { beats, json, unreachable } from "./support/FakeServer.js";
import { room } from "./support/room.js";
import { rule } from "./support/rule.js";

const timeout = 60_000;

/** Numbers as chance has them, the same for a seed each time (mulberry32). */
function dice(seed: number): () => number {
  return () => {
    seed = seed + 0x6D2B79F5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

for (const loss of [0.1, 0.3]) {
  for (const hangs of [true, false]) {
    // Half of what is lost is lost on its way to the server, the other half is its answer.
    rule(14, `heartbeats_of${loss * 100}PercentLost_${hangs ? "hanging" : "refused"}_showOnlyWhereMoreThanThreeAreLostInARow`, async () => {
      const page = new FakePage();
      const random = dice(11);
      page.random = random;
      const leaves: number[] = []; // how many were lost before each
      let lastAt = 0;
      let inARow = 0;
      let lost = 0;
      let requests = 0;
      page.server.answers(beats, () => {
        const now = page.clock.elapsed;
        requests++;
        const isLost = random() < loss;
        const isAnswerLost = isLost && random() < 0.5;
        if (!isLost || isAnswerLost) {
          if (now - lastAt >= timeout)
            leaves.push(inARow);
          lastAt = now;
        }
        inARow = isLost ? inARow + 1 : 0;
        lost += isLost ? 1 : 0;
        return !isLost
          ? json(202, { success: true, heartbeatIntervalSeconds: 30, presenceTimeoutSeconds: 60, nextHeartbeatInSeconds: 30 - random() * 3, settingsVersion: 7 })
          : hangs ? "never" : unreachable();
      }, Infinity);
      const presence = room(page);
      void presence.startHeartbeat();

      await page.clock.advance(24 * 3_600_000);

      process.stdout.write(`${loss * 100} % ${hangs ? "hanging" : "refused"}: ${lost} of ${requests} lost in a day, ${leaves.length} leaves after ${leaves.join(", ") || "none"} in a row\n`);
      expect(lost / requests).toBeCloseTo(loss, 1);
      expect(Math.min(4, ...leaves)).toBe(4);
      await presence.stopHeartbeat();
    }, { timeout: 120_000 });
  }
}
