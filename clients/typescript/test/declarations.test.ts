import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "./support/compile.js";

const uses = readFileSync(new URL("declarations.ts", import.meta.url), "utf8");

for (const [platform, options] of [
  ["browsers", { lib: ["ES2022", "DOM"], types: ["react"] }],
  ["nodeWithoutTheDom", { lib: ["ES2022"], types: ["node", "react"] }],
] as const) {
  test(`declarations_for_${platform}_allowWhatAnAppWritesAndRefuseTheRest`, () => {
    expect(compile("uses.ts", uses, { ...options, skipLibCheck: false })).toBe("");
  });
}
