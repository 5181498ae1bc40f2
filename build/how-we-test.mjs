// Writes docs/how-we-test.md: each promise of the README with the tests that hold it, and the figures of a run.
//
//   RESULTS=/tmp/results ./test.sh && node build/how-we-test.mjs /tmp/results
//
// Figures are lines that begin with "figure: " in the output of a test (Figure.Tell).
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(fileURLToPath(import.meta.url), "../..");

/** What a promise is called in the README, and the test classes (or single tests) that hold it. A test compares the names. */
const promises = [
  ["No viewer is counted twice or missed", ["ModelTests", "InterleavingTests", "SoakTests", "SimulateCommandTests", "HeartbeatTests", "ManySessionsTests"]],
  ["Viewers leave on time", ["SweepTests", "SweepScheduleTests", "LeaveTests", "GenerationsTests"]],
  ["A settings change never drops a viewer", ["PromiseTests", "ModelTests", "InterleavingTests.SettingsChangeAgainstSweep_KeepsTheOldPromise"]],
  ["Reading never counts", ["ObserverTests"]],
  ["A restart loses no viewer", ["MembershipRestoreTests", "ModelTests.Engine_RestartedThroughSqlite_AgreesWithTheNaiveModel", "ServerLifeTests", "StorageStartupTests"]],
  ["A heartbeat is cheap", ["HeartbeatBytesTests", "HeartbeatTests.Heartbeat_OfASessionAlreadyPresent_AllocatesNothing"]],
];
const besides = [
  ["Hostile requests", ["TokenCorpusTests", "RequestFuzzTests", "PolicyMatrixTests", "PageMatrixTests"]],
  ["Webhooks arrive", ["WebhookSenderTests"]],
];

const folder = process.argv[2];
if (!folder) {
  console.error("Usage: node build/how-we-test.mjs RESULTS_FOLDER");
  process.exit(2);
}
const reports = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".trx")).map((file) => readFileSync(join(folder, file), "utf8"));
const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&", "&#xD;": "" };
const plain = (text) => text.replace(/&(?:lt|gt|quot|apos|amp|#xD);/g, (entity) => entities[entity]);

const results = reports.flatMap((report) => report.split("<UnitTestResult ").slice(1).map((result) => {
  const attribute = (name) => plain(result.match(new RegExp(`(?:^|\\s)${name}="([^"]*)"`))?.[1] ?? "");
  const name = attribute("testName").split("(")[0].split(".");
  const output = plain(result.match(/<StdOut>([\s\S]*?)<\/StdOut>/)?.[1] ?? "");
  return { type: name.at(-2), test: name.slice(-2).join("."), outcome: attribute("outcome"), began: attribute("startTime"), figures: [...output.matchAll(/^figure: (.*?)\s*$/gm)].map((match) => match[1]) };
}));

function row(proof) {
  const own = results.filter((result) => [result.type, result.test].includes(proof) && result.outcome !== "NotExecuted");
  if (own.length === 0) throw new Error(`${folder} has no result of ${proof}. Run all tests.`);
  if (own.some((result) => result.outcome !== "Passed")) throw new Error(`${proof} failed. A page of figures needs a run that passed.`);
  const times = new Map();
  for (const figure of own.flatMap((result) => result.figures)) times.set(figure, (times.get(figure) ?? 0) + 1);
  const figures = [...times].map(([figure, count]) => (count > 1 ? `${figure}, in each of ${count} tests` : figure));
  return `| ${figures.join("<br>")} | ${own.length.toLocaleString("en")} | \`${proof}\` |`;
}

const section = ([name, types]) => `### ${name}\n\n| figures of the last run | tests passed | proof |\n|---|---|---|\n${types.map(row).join("\n")}\n`;
const named = [...promises, ...besides].flatMap(([, types]) => types);
const began = results.filter((result) => named.includes(result.type) || named.includes(result.test)).map((result) => result.began).sort()[0];
const date = new Date(began).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

writeFileSync(join(root, "docs/how-we-test.md"), `# How we test

What the [README](../README.md#what-it-promises) promises, the tests that hold it, and figures of the last run, of ${date}. \`node build/how-we-test.mjs\` writes this page from
test results. No figure is typed by hand. \`./test.sh --full\` runs the same tests for longer, with a million malformed requests.

- Tests use real parts: SQLite files, servers that listen, Chromium, nginx and Caddy, processes that are killed.
- Tests set the clock themselves wherever they can, so that none depends on how fast the machine is.
- [Mutation testing](../CONTRIBUTING.md#test-the-tests) changes the engine in thousands of small ways, and looks for changes that no test notices.
- What a heartbeat costs beside a server that does nothing is [measured](../CONTRIBUTING.md#measure), not tested. The figures are in
  [Operations](operations.md#what-it-carries).

## The promises

${promises.map(section).join("\n")}
## Besides

${besides.map(section).join("\n")}
Who attacks, and which test stops them: [Threat model](threat-model.md). What is checked for people with disabilities: [Accessibility](accessibility.md).
`);
