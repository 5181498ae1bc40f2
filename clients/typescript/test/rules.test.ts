import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** The numbers of the rules that tests of a folder name, each once. */
function tested(folder: string, recursive: boolean): number[] {
  const files = readdirSync(new URL(folder, import.meta.url), { encoding: "utf8", recursive }).filter(file => file.endsWith(".test.ts"));
  const numbers = files.flatMap(file => [...read(folder + file).matchAll(/^ *rule\((\d+), /gm)].map(match => +match[1]!));
  return [...new Set(numbers)].sort((one, other) => one - other);
}

const numbered = [...read("../../../docs/clients.md").matchAll(/^(\d+)\. /gm)].map(match => +match[1]!);

test("rules_ofTheDocument_areNumberedThrough", () => {
  expect(numbered).toEqual(numbered.map((_, index) => index + 1));
});

test("rules_ofTheDocument_haveATestEachBeforeAScriptedServer", () => {
  expect(tested("./", false)).toEqual(numbered);
});

test("rules_ofTheDocument_haveATestEachBeforeTheRealServer", () => {
  expect(tested("./server/", true)).toEqual(numbered);
});
