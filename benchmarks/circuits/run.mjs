// What open dashboards cost: renders and bytes a second of each, and the server's CPU, with one full room (or many) that
// people join and leave all the time. Budgets: 4 renders and 20 KB a second each, one core for all.
//
//   benchmarks/circuits/run.sh      builds, then runs this; figures are printed, nothing is asserted
//
// Environment: CIRCUITS (50), VIEWERS (50000), ROOMS they are spread over (1), CHURN (500 joins and as many leaves a second),
// SECONDS_EACH (30), PAGES (the first room's).
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Dashboard } from "./circuit.mjs";

const number = (name, usual) => Number(process.env[name] ?? usual);
const circuits = number("CIRCUITS", 50);
const viewers = number("VIEWERS", 50_000);
const churn = number("CHURN", 500);
const seconds = number("SECONDS_EACH", 30);
const rooms = number("ROOMS", 1);
const roomOf = (viewer) => `room-${viewer % rooms}`;
const pages = (process.env.PAGES ?? `/rooms/${roomOf(0)}`).split(",");

const port = number("PORT", 5484);
const base = `http://127.0.0.1:${port}/`;
const serverKey = "a-server-key-for-this-benchmark-alone-01";
const secret = "a-secret-for-this-benchmark-alone-0123456789";
const admin = { email: "bench@example.com", password: "a password for this benchmark" };

const folder = mkdtempSync(join(tmpdir(), "presence-circuits-"));
const server = spawn("dotnet", ["Dashboard/bin/Release/net10.0/Dashboard.dll", "--urls", base], {
  stdio: ["ignore", "ignore", "inherit"],
  env: {
    ...process.env,
    ASPNETCORE_ENVIRONMENT: "Production",
    Logging__LogLevel__Default: "Warning",
    Presence__Data: folder,
    Presence__Server__Key: serverKey,
    Presence__Clients__Jwt__Secret: secret,
    Presence__Setup__AdminEmail: admin.email,
    Presence__Setup__AdminPassword: admin.password,
    // Nobody times out: who comes and goes is the churn alone, and heartbeats are measured elsewhere.
    Presence__Initial__HeartbeatInterval: "600",
    Presence__Initial__PresenceTimeout: "3600",
  },
});
process.on("exit", () => { server.kill("SIGKILL"); rmSync(folder, { recursive: true, force: true }); });
process.on("SIGINT", () => process.exit(130));

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
function tokenOf(userId) {
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: userId, name: `Viewer ${userId}`, exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}

async function call(method, path, { token = serverKey, body } = {}) {
  const answer = await fetch(new URL(path, base), {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text;
}

async function admit(from, count) {
  for (let done = 0; done < count; done += 1000) {
    const heartbeats = Array.from({ length: Math.min(1000, count - done) }, (_, index) => ({ roomId: roomOf(from + done + index), userId: `u${from + done + index}` }));
    const { rejected } = JSON.parse(await call("POST", "/api/v1/presence/heartbeats", { body: { heartbeats } }));
    if (rejected.length > 0) throw new Error(`A heartbeat was rejected: ${rejected[0].message}`);
  }
}

// Joins come in tenths of a second, in one request each; everybody leaves by themselves, the longest present first.
let oldest = 0;
let newest = 0;
let turning = true;
async function turnOver() {
  const share = Math.round(churn / 10);
  for (let next = performance.now(); turning; next += 100) {
    const leaving = Array.from({ length: share }, (_, index) => oldest + index);
    oldest += share;
    await Promise.all([
      admit(newest, share),
      ...leaving.map((viewer) => call("DELETE", `/api/v1/presence/rooms/${roomOf(viewer)}/heartbeat`, { token: tokenOf(`u${viewer}`) })),
    ]);
    newest += share;
    await pause(Math.max(0, next + 100 - performance.now()));
  }
}

async function signIn() {
  const cookies = new Map();
  const keep = (answer) => answer.headers.getSetCookie().forEach((cookie) => {
    const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
    cookies.set(name, value);
  });
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const form = await fetch(new URL("sign-in", base));
  keep(form);
  const fields = new URLSearchParams({ "Input.Email": admin.email, "Input.Password": admin.password });
  for (const [input] of (await form.text()).matchAll(/<input [^>]*type="hidden"[^>]*>/g))
    fields.set(input.match(/name="([^"]*)"/)[1], input.match(/value="([^"]*)"/)?.[1] ?? "");
  const answer = await fetch(new URL("sign-in", base), { method: "POST", redirect: "manual", headers: { cookie: header() }, body: fields });
  keep(answer);
  if (answer.status !== 302) throw new Error(`Signing in answered ${answer.status}.`);
  return header();
}

async function waitUntilReady() {
  for (let attempt = 0; attempt < 300; attempt++, await pause(100)) {
    try {
      if ((await fetch(new URL("health/ready", base))).ok) return;
    } catch { /* not listening yet */ }
  }
  throw new Error("The server did not start.");
}

// User and system time in seconds.
const ticks = Number(execFileSync("getconf", ["CLK_TCK"]));
function cpu() {
  const [utime, stime] = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13).map(Number);
  return (utime + stime) / ticks;
}

async function measure(dashboards) {
  const before = dashboards.map(({ renders, bytes }) => ({ renders, bytes }));
  const [cpuBefore, leftBefore, startedAt] = [cpu(), oldest, performance.now()];
  await pause(seconds * 1000);
  const elapsed = (performance.now() - startedAt) / 1000;
  const rates = (pick) => dashboards.map((dashboard, index) => (pick(dashboard) - pick(before[index])) / elapsed).sort((a, b) => a - b);
  return { cores: (cpu() - cpuBefore) / elapsed, leaves: (oldest - leftBefore) / elapsed, renders: rates((d) => d.renders), bytes: rates((d) => d.bytes) };
}

await waitUntilReady();
await admit(0, viewers);
newest = viewers;
const turn = turnOver();
const cookie = await signIn();
await pause(5000);
const alone = await measure([]);
console.log(`${viewers} viewers in ${rooms} rooms, ${alone.leaves.toFixed(0)} joins and as many leaves a second, no dashboard open: ${alone.cores.toFixed(3)} cores`);

for (const path of pages) {
  const open = Array.from({ length: circuits }, () => new Dashboard(base, cookie));
  for (const dashboard of open) await dashboard.open(path);
  await pause(5000);
  const { cores, leaves, renders, bytes } = await measure(open);
  const middle = (values) => values[values.length >> 1];
  console.log(`${circuits} dashboards on ${path}, ${leaves.toFixed(0)} joins and leaves a second:`);
  console.log(`  renders a second each  median ${middle(renders).toFixed(2)}, most ${renders.at(-1).toFixed(2)} (budget 4)`);
  console.log(`  KB a second each       median ${(middle(bytes) / 1000).toFixed(2)}, most ${(bytes.at(-1) / 1000).toFixed(2)} (budget 20)`);
  console.log(`  cores for all          ${(cores - alone.cores).toFixed(3)} more than without them, ${cores.toFixed(3)} in all (budget 1)`);
  for (const dashboard of open) await dashboard.close();
}
turning = false;
await turn;
process.exit(0);
