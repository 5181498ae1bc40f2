import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the compiler says to a file, as strict as it is here, with other options on top. */
export function compile(name: string, text: string, options: object): string {
  mkdirSync(join(root, "node_modules/.compiled"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.compiled/")); // below the packages that it may import
  try {
    writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../../tsconfig.json", compilerOptions: options, include: [name] }));
    return output(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function output(folder: string): string {
  try {
    return execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
