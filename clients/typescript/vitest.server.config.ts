import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/server/**/*.test.ts"],
    globalSetup: "test/server/startServer.ts",
    fileParallelism: false, // the server's settings are everybody's
    // These wait for a real server and a real clock.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    retry: 1, // as test.sh does with the server's own tests; the reporter says where it was needed
  },
});
