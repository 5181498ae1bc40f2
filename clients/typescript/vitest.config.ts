import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/*.test.ts"],
    // Nothing here waits for a real clock; a machine that does other things may still be slow.
    testTimeout: 60_000,
  },
});
