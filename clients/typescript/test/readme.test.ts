import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

/** What the examples take from the app they stand in. */
const app = `
declare const baseUrl: string;
declare function getToken(): Promise<string>;
declare function hideViewerCount(): void;
declare function tell(...what: unknown[]): void;
`;

test("readme_examples_compileAgainstTheBuiltDeclarations", () => {
  const folder = join(root, "node_modules/.readme");
  const examples = [...readme.matchAll(/```tsx?\n(.*?)```/gs)].map(match => match[1]);
  expect(examples).toHaveLength(4);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, "examples.tsx"), app + examples.join("\n"));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: {
        jsx: "react-jsx",
        noUnusedLocals: false,
        paths: { "@presence-dashboard/client": ["../../dist/types/presence.d.ts"], "@presence-dashboard/client/react": ["../../dist/types/react.d.ts"] },
      },
      include: ["examples.tsx"],
    }));

    const output = compile(folder);

    expect(output).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("readme_length_staysUnderEightyLines", () => {
  expect(readme.split("\n").length).toBeLessThan(80);
});

function compile(folder: string): string {
  try {
    return execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
