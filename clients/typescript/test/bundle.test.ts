import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const most = 6_000;
const mostOfWidget = 4_000;
const mostOfUsers = 4_000;
const mostOfStage = 6_800;

/** Every file below a folder with what it holds, short enough for a failure to be read. */
function filesOf(folder: string): Record<string, string> {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).filter(path => statSync(join(folder, path)).isFile());
  return Object.fromEntries(paths.sort().map(path => [path, createHash("sha256").update(readFileSync(join(folder, path))).digest("hex")]));
}

test("dist_builtAgain_isWhatIsCommitted", () => {
  const folder = mkdtempSync(join(tmpdir(), "presence-client-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/build.mjs"), folder]);

    expect(filesOf(join(root, "dist"))).toEqual(filesOf(folder)); // npm run build, and commit what changes
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("dist_bundle_staysSmallAndNeedsNothing", () => {
  const bundle = readFileSync(join(root, "dist/presence.js"));
  const size = gzipSync(bundle, { level: 9 }).length;
  process.stdout.write(`presence.js: ${bundle.length} bytes, ${size} gzipped (at most ${most})\n`);

  expect(size).toBeLessThan(most);
  expect(bundle.toString()).not.toMatch(/\bimport\b|\brequire\b|\bconsole\b/);
});

test("dist_users_staysSmallAndNeedsNothing", async () => {
  const bundle = readFileSync(join(root, "dist/users.js"));
  const size = gzipSync(bundle, { level: 9 }).length;
  process.stdout.write(`users.js: ${bundle.length} bytes, ${size} gzipped (at most ${mostOfUsers})\n`);

  expect(size).toBeLessThan(mostOfUsers);
  expect(bundle.toString()).not.toMatch(/\bimport\b|\brequire\b|\bconsole\b/);
  expect(Object.keys(await import("../dist/users.js" as string))).toEqual(["watchUsers"]);
});

test("dist_stage_staysSmallAndNeedsNothing", async () => {
  const bundle = readFileSync(join(root, "dist/stage.js"));
  const size = gzipSync(bundle, { level: 9 }).length;
  process.stdout.write(`stage.js: ${bundle.length} bytes, ${size} gzipped (at most ${mostOfStage})\n`);

  expect(size).toBeLessThan(mostOfStage);
  expect(bundle.toString()).not.toMatch(/\bimport\b|\brequire\b|\bconsole\b/);
  expect(Object.keys(await import("../dist/stage.js" as string)).sort()).toEqual(["PresenceError", "StagePresence"]);
});

test("package_forWhoeverInstallsIt_bringsNothingElse", () => {
  const { type, dependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

  expect([type, dependencies, peerDependenciesMeta]).toEqual(["module", undefined, { react: { optional: true } }]);
});

test("dist_widget_staysSmallAndNeedsNothing", () => {
  const bundle = readFileSync(join(root, "dist/widget.js"));
  const size = gzipSync(bundle, { level: 9 }).length;
  process.stdout.write(`widget.js: ${bundle.length} bytes, ${size} gzipped (at most ${mostOfWidget})\n`);

  expect(size).toBeLessThan(mostOfWidget);
  expect(bundle.toString()).not.toMatch(/\bimport\b(?!\.meta)|\brequire\b|\bconsole\b|\beval\b|innerHTML|createElement\("style/); // nor what a strict content policy refuses
});

test("dist_inNode_isTheWholeApi", async () => {
  const api = await import("../dist/presence.js" as string);

  expect(Object.keys(api).sort()).toEqual(["PresenceError", "RoomPresence", "UserPresence"]);
  const presence = new api.RoomPresence({ baseUrl: "http://127.0.0.1:9", roomId: "lobby", token: "t" });
  void presence.startHeartbeat();
  await presence.stopHeartbeat();
  expect(presence.state.status).toBe("idle");
});
