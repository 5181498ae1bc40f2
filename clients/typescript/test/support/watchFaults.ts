import { afterEach, beforeEach, type Mock, vi } from "vitest";

/** What nobody caught while a test of this file ran. */
export interface Faults {
  readonly rejections: Mock<(reason: unknown) => void>;
  readonly errors: unknown[];
}

export function watchFaults(): Faults {
  const faults: Faults = { rejections: vi.fn(), errors: [] };
  const note = (error: unknown) => void faults.errors.push(error);
  let before: NodeJS.UncaughtExceptionListener[] = [];

  beforeEach(() => {
    faults.rejections.mockClear();
    faults.errors.length = 0;
    process.on("unhandledRejection", faults.rejections);
    before = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", note);
  });

  afterEach(() => {
    process.off("unhandledRejection", faults.rejections);
    process.off("uncaughtException", note);
    for (const listener of before)
      process.on("uncaughtException", listener);
  });

  return faults;
}

/** Every way to write on a console. */
export function watchConsole() {
  return (["log", "info", "warn", "error", "debug"] as const).map(level => vi.spyOn(console, level));
}
