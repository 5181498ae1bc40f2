import { afterEach, beforeEach, expect, vi } from "vitest";
import { rule } from "./support/rule.js";

/** What a browser's worker does with the messages of ours. */
class FakeWorker {
  static made: FakeWorker[] = [];
  readonly asked: [number, number][] = [];
  onmessage?: (event: { data: number }) => void;
  onerror?: (event: { preventDefault(): void }) => void;
  isTerminated = false;

  constructor(readonly url: string) {
    FakeWorker.made.push(this);
  }

  postMessage(message: [number, number]): void {
    this.asked.push(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

type WorkerTimer = typeof import("../src/workerTimer.js");

async function load(): Promise<WorkerTimer> {
  vi.resetModules();
  return import("../src/workerTimer.js");
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.useFakeTimers();
  vi.stubGlobal("document", {});
  vi.stubGlobal("Worker", FakeWorker);
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:timer");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

rule(5, "timer_inABrowser_isOfAWorkerAndFiresOnce", async () => {
  const { setWorkerTimer } = await load();
  const fired = vi.fn();
  setWorkerTimer(fired, 5_000);
  const [worker] = FakeWorker.made;
  const [[id, milliseconds]] = worker!.asked as [[number, number]];
  expect([worker!.url, milliseconds]).toEqual(["blob:timer", 5_000]);

  worker!.onmessage!({ data: id }); // on time, while the page's own timers are slowed
  expect(fired).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);

  expect(fired).toHaveBeenCalledTimes(1);
});

rule(5, "timer_cancelled_firesFromNowhereAndEndsTheWorker", async () => {
  const { setWorkerTimer } = await load();
  const fired = vi.fn();
  const cancel = setWorkerTimer(fired, 5_000);
  const [worker] = FakeWorker.made;

  cancel();
  worker!.onmessage!({ data: worker!.asked[0]![0] });
  vi.advanceTimersByTime(60_000);

  expect(fired).not.toHaveBeenCalled();
  expect(worker!.isTerminated).toBe(true);
  setWorkerTimer(fired, 5_000);
  expect(FakeWorker.made).toHaveLength(2);
});

rule(5, "timer_workerForbiddenAtOnce_isAnOrdinaryOne", async () => {
  vi.stubGlobal("Worker", class {
    constructor() {
      throw new DOMException("content policy", "SecurityError");
    }
  });
  const { setWorkerTimer } = await load();
  const fired = vi.fn();

  setWorkerTimer(fired, 5_000);
  vi.advanceTimersByTime(5_000);

  expect(fired).toHaveBeenCalledTimes(1);
});

rule(5, "timer_workerForbiddenLater_isAnOrdinaryOneFromThenOn", async () => {
  const { setWorkerTimer } = await load();
  const fired = vi.fn();
  const preventDefault = vi.fn();
  setWorkerTimer(fired, 5_000);

  FakeWorker.made[0]!.onerror!({ preventDefault });
  vi.advanceTimersByTime(5_000);
  setWorkerTimer(fired, 5_000);
  vi.advanceTimersByTime(5_000);

  expect(fired).toHaveBeenCalledTimes(2);
  expect(preventDefault).toHaveBeenCalled();
  expect(FakeWorker.made).toHaveLength(1);
});

rule(5, "timer_withoutAPage_isAnOrdinaryOne", async () => {
  vi.stubGlobal("document", undefined);
  const { setWorkerTimer } = await load();
  const fired = vi.fn();

  setWorkerTimer(fired, 5_000);
  vi.advanceTimersByTime(5_000);

  expect(fired).toHaveBeenCalledTimes(1);
  expect(FakeWorker.made).toEqual([]);
});

rule(5, "timer_withAnAddressForItsWorker_startsThatOne", async () => {
  const { setTimerWorkerUrl, setWorkerTimer } = await load();

  setTimerWorkerUrl("/static/timer-worker.js");
  setWorkerTimer(() => {}, 5_000);

  expect(FakeWorker.made[0]!.url).toBe("/static/timer-worker.js");
});
