import { test, type TestOptions } from "vitest";

/** A test of one of the numbered rules of docs/clients.md. */
export function rule(number: number, name: string, body: () => Promise<void> | void, options: TestOptions = {}): void {
  test(`rule ${number}: ${name}`, options, body);
}
