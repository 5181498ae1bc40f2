// Writes THIRD-PARTIES.md: every package whose files the server ships, with what its own metadata says of licence and copyright.
//
//   node build/third-parties.mjs           writes it, after a restore
//   node build/third-parties.mjs --check   exits with 1 when it is out of date
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(fileURLToPath(import.meta.url), "../..");
const page = join(root, "THIRD-PARTIES.md");

// Inside a package's files, under a licence that its metadata doesn't name.
const within = {
  "Hangfire.Core": "its pages include jQuery, Bootstrap, Chart.js and Moment.js (MIT)",
  "Swashbuckle.AspNetCore.SwaggerUI": "includes Swagger UI (Apache-2.0)",
};
const alsoWithin = [[/^SkiaSharp\.NativeAssets\./, "includes the Skia library (BSD-3-Clause) and what `notices/SkiaSharp.txt` lists"]];

// Where the metadata names a file instead of a licence: the words that tell which one it is.
const words = [
  ["LGPL v3 License", "LGPL-3.0"],
  ["Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"],
  ["SQLite is Public Domain", "public domain"],
];

/** Packages that a project's output has files of: reached from its references, those for the build alone left out. */
function shippedBy(project, framework) {
  const assets = JSON.parse(readFileSync(join(root, project, "obj/project.assets.json"), "utf8"));
  const target = assets.targets[framework] ?? assets.targets[`.NETStandard,Version=v${framework.replace("netstandard", "")}`];
  const byName = new Map(Object.entries(target).map(([key, entry]) => [key.split("/")[0].toLowerCase(), { key, entry }]));
  const direct = assets.project.frameworks[framework].dependencies;
  const isForTheBuild = (name) => direct[name]?.suppressParent === "All";

  const reached = new Map();
  const reach = (name) => {
    const found = byName.get(name.toLowerCase());
    if (!found || reached.has(found.key) || isForTheBuild(name)) return;
    reached.set(found.key, found.entry);
    Object.keys(found.entry.dependencies ?? {}).forEach(reach);
  };
  Object.keys(direct).forEach(reach);
  Object.entries(target).filter(([, entry]) => entry.type === "project").forEach(([key]) => reach(key.split("/")[0]));

  const hasFiles = (entry) => [...Object.keys(entry.runtime ?? {}), ...Object.keys(entry.runtimeTargets ?? {})].some((file) => !file.endsWith("/_._"));
  return [...reached].filter(([, entry]) => entry.type === "package" && hasFiles(entry)).map(([key]) => described(key, Object.keys(assets.packageFolders)));
}

function described(key, folders) {
  const [id, version] = key.split("/");
  const folder = folders.map((folder) => join(folder, id.toLowerCase(), version.toLowerCase())).find((folder) => tryRead(join(folder, `${id.toLowerCase()}.nuspec`)));
  const nuspec = tryRead(join(folder, `${id.toLowerCase()}.nuspec`));
  const element = (name) => (nuspec.match(new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`))?.[1] ?? "").replaceAll("&amp;", "&").replaceAll("&#169;", "©").trim();

  let licence = element("license");
  let line = null;
  if (/<license\s+type="file"/.test(nuspec)) {
    const text = tryRead(join(folder, licence)) ?? "";
    licence = words.find(([word]) => text.includes(word))?.[1];
    line = text.match(/^Copyright.*$/m)?.[0].trim();
  }
  if (!licence) throw new Error(`Which licence ${key} has isn't known. Add the words of its licence to build/third-parties.mjs.`);
  const notes = [within[id], ...alsoWithin.filter(([name]) => name.test(id)).map(([, note]) => note)].filter(Boolean);
  const copyright = (line ?? (element("copyright") || element("authors"))).replace(/\.? ?All rights reserved\.?/gi, "").replaceAll("|", "/");
  return { id, version, licence: [licence, ...notes].join("; "), copyright };
}

function tryRead(file) {
  try { return readFileSync(file, "utf8").replace(/^\uFEFF/, ""); } catch { return null; }
}

function table(packages) {
  const rows = packages.sort((a, b) => (a.id.toLowerCase() < b.id.toLowerCase() ? -1 : 1)).map(({ id, version, licence, copyright }) => `| ${id} | ${version} | ${licence} | ${copyright} |`);
  return ["| package | version | licence | copyright |", "|---|---|---|---|", ...rows].join("\n");
}

const text = `# Third parties

\`node build/third-parties.mjs\` writes this page from the packages that the build restores. A test fails when it is out of date.

The server and the clients include these packages, unmodified, as their authors publish them. Each stays under its own licence.

## The server

${table(shippedBy("Dashboard", "net10.0"))}

Of a package with libraries for several systems, an archive or image has those of its own system.

Self-contained archives and the container image also have the .NET runtime and ASP.NET Core (MIT, © .NET Foundation and Contributors), and pages have its
script \`blazor.web.js\`.

The [LGPL](https://www.gnu.org/licenses/lgpl-3.0.html) covers Hangfire alone. You may replace \`Hangfire.*.dll\` beside \`Dashboard.dll\` with your own build of it. Its source is at
[github.com/HangfireIO/Hangfire](https://github.com/HangfireIO/Hangfire).

## What browsers get

| file | from | licence |
|---|---|---|
| \`lib/MudBlazor.min.css\`, \`lib/MudBlazor.min.js\` | MudBlazor | MIT |
| \`blazor.web.js\` | ASP.NET Core | MIT |
| the page that tries the API | Swagger UI, by Swashbuckle | Apache-2.0 |
| pages at \`/jobs\` | Hangfire | LGPL-3.0, and the above |
| everything else: pages, widgets, the client's scripts | this repository | [MIT](LICENSE) |

## The clients

The TypeScript client includes no package. The .NET client includes none on .NET 10. On .NET Standard 2.0 it refers to these:

${table(shippedBy("clients/dotnet/Presence.Client", "netstandard2.0"))}
`;

if (process.argv.includes("--check")) {
  if (text !== tryRead(page)) {
    console.error("THIRD-PARTIES.md is out of date. Run: node build/third-parties.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(page, text);
}
