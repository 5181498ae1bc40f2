// Builds what the package and the server hand out: node scripts/build.mjs [folder, dist unless said otherwise]
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = process.argv[2] ?? `${root}dist`;
const shared = { absWorkingDir: root, bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", charset: "utf8" };

// What only the client itself says to its parts, and no platform, app or server: short names for it.
const internals = /^(beacon|beat|claim|ended|failed|follow|forget|hasFollowers|hear|isBeating|isOf|isPolling|leave|leaveByBeacon|mirror|offer|open|publish|pulse|release|restart|ring|server|started|subject|takeOver|tell|viewerState|viewerStateChanged|wait|wantsCount)$/;

await rm(folder, { recursive: true, force: true });
await build({ ...shared, entryPoints: ["src/presence.ts"], outfile: `${folder}/presence.js`, mangleProps: internals });
await squeeze(`${folder}/presence.js`);

// Both entries of one page must share its sessions, so the second imports the first instead of holding a copy.
await build({ ...shared, entryPoints: ["src/react.ts"], outfile: `${folder}/react.js`, external: ["react", "./presence.js"] });

// A copy of its own of what talks to the server: it shares no session, and pages that count viewers don't load it.
await build({ ...shared, entryPoints: ["src/users.ts"], outfile: `${folder}/users.js`, mangleProps: internals });
await squeeze(`${folder}/users.js`);

// Room presence and the stage: with all of the client in it, and instead of it.
await build({ ...shared, entryPoints: ["src/stage.ts"], outfile: `${folder}/stage.js`, mangleProps: internals });
await squeeze(`${folder}/stage.js`);

await build({ ...shared, entryPoints: ["src/widget/widget.ts"], outfile: `${folder}/widget.js` });
await squeeze(`${folder}/widget.js`);

const [, worker] = /source = "(.+)";/.exec(await readFile(`${root}src/workerTimer.ts`, "utf8"));
await writeFile(`${folder}/timer-worker.js`, `${worker};\n`);

execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.types.json`, "--outDir", `${folder}/types`], { stdio: "inherit" });
await keepReachable(`${folder}/types`, ["presence.d.ts", "react.d.ts", "users.d.ts", "stage.d.ts"]);

/** A bundler leaves what a compressor finds: a twentieth of the client. */
async function squeeze(file) {
  const { code } = await minify(await readFile(file, "utf8"), {
    module: true,
    compress: { passes: 4, ecma: 2020, unsafe_arrows: true, unsafe_methods: true, pure_getters: true, keep_fargs: false, lhs_constants: false },
    format: { ecma: 2020 },
  });
  await writeFile(file, code);
}

/** Declarations of what nobody outside can name only clutter what an editor offers. */
async function keepReachable(types, entries) {
  const reached = new Set(entries);
  for (const file of reached) {
    const text = await readFile(`${types}/${file}`, "utf8");
    for (const [, name] of text.matchAll(/from "\.\/(\w+)\.js"/g))
      reached.add(`${name}.d.ts`);
  }
  for (const file of await readdir(types)) {
    if (!reached.has(basename(file)))
      await rm(`${types}/${file}`);
  }
}
