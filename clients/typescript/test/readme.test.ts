import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "./support/compile.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** What the examples take from the app they stand in. */
const app = `
declare const baseUrl: string;
declare function getToken(): Promise<string>;
declare function hideViewerCount(why: string): void;
declare function show(count: number): void;
declare const AppState: import("@presence-dashboard/client").AppState;
declare function tell(...what: unknown[]): void;
`;

test("readme_examples_compileAgainstTheBuiltDeclarations", () => {
  const examples = [...readme.matchAll(/```tsx?\n(.*?)```/gs)].map(match => match[1]);
  expect(examples).toHaveLength(5);

  expect(compile("examples.tsx", app + examples.join("\n"), { jsx: "react-jsx", noUnusedLocals: false })).toBe("");
});

test("readme_length_staysUnderEightyLines", () => {
  expect(readme.split("\n").length).toBeLessThan(80);
});
