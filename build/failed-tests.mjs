// What failed in a report of `dotnet test` (trx) or vitest (JSON).
//
//   node build/failed-tests.mjs REPORT            one line a test: its name and the start of why
//   node build/failed-tests.mjs --filter REPORT   a filter for `dotnet test` that runs just these; nothing when there are none
//                                                 or more than five: that many are no accident
import { readFileSync } from "node:fs";

const mostRepeated = 5;
const shown = 20;

const [option, path] = process.argv.length > 3 ? process.argv.slice(2) : [null, process.argv[2]];
const report = readFileSync(path, "utf8");

const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&", "&#xD;": "", "&#xA;": "\n" };
const plain = (text) => text.replace(/&(?:lt|gt|quot|apos|amp|#xD|#xA);/g, (entity) => entities[entity]);
const attribute = (element, name) => plain(element.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? "");

function failedInVitest() {
  return JSON.parse(report).testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status === "failed")
    .map((test) => ({ name: test.fullName, message: test.failureMessages.join(" ") }));
}

function failedInTrx() {
  const methods = new Map([...report.matchAll(/<UnitTest .*?<\/UnitTest>/gs)].map(([test]) => {
    const method = test.match(/<TestMethod [^>]*>/)?.[0] ?? "";
    return [attribute(test, "id"), `${attribute(method, "className")}.${attribute(method, "name")}`];
  }));
  return [...report.matchAll(/<UnitTestResult [^>]*?(?:\/>|>.*?<\/UnitTestResult>)/gs)]
    .map(([result]) => result)
    .filter((result) => !["Passed", "NotExecuted"].includes(attribute(result, "outcome")))
    .map((result) => ({
      name: attribute(result, "testName"),
      method: methods.get(attribute(result, "testId")),
      message: plain(result.match(/<Message>(.*?)<\/Message>/s)?.[1] ?? ""),
    }));
}

const failed = report.trimStart().startsWith("{") ? failedInVitest() : failedInTrx();
if (option === "--filter") {
  const methods = new Set(failed.map((test) => test.method));
  if (methods.size <= mostRepeated) console.log([...methods].map((method) => `FullyQualifiedName=${method}`).join("|"));
} else {
  for (const { name, message } of failed.slice(0, shown)) {
    console.log(`  ${name.slice(0, 300)}: ${message.replace(/\s+/g, " ").slice(0, 500)}`);
  }
}
