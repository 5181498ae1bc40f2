import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("rules_ofTheDocument_areNumberedThroughAndHaveATestEach", () => {
  const numbered = [...read("../../../docs/clients.md").matchAll(/^(\d+)\. /gm)].map(match => +match[1]!);
  const tested = readdirSync(new URL(".", import.meta.url))
    .filter(file => file.endsWith(".test.ts"))
    .flatMap(file => [...read(file).matchAll(/^ *rule\((\d+), /gm)].map(match => +match[1]!));

  expect(numbered).toEqual(numbered.map((_, index) => index + 1));
  expect([...new Set(tested)].sort((one, other) => one - other)).toEqual(numbered);
});
