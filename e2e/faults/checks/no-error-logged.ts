import { readFile } from "node:fs/promises";
import type { Replica } from "@muster/deploy/local/services";
import { type Finding, finding } from "./check.ts";

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly err?: { readonly message?: string };
}

/** What a service writes when it could not do something; `expected` are sentences that say nothing bad. */
export async function noErrorLogged(replicas: readonly Replica[], expected: readonly string[] = []): Promise<Finding> {
  let lines = 0;
  const errors = new Map<string, number>();
  for (const { process } of replicas) {
    for (const text of (await readFile(process.logFile, "utf8")).split("\n")) {
      lines += 1;
      const line = parsed(text);
      if (line === undefined || !/error|fatal/.test(line.level) || expected.includes(line.msg)) continue;
      const what = `${process.name}: ${line.msg}${line.err?.message ? ` (${line.err.message})` : ""}`;
      errors.set(what, (errors.get(what) ?? 0) + 1);
    }
  }
  return finding(
    "no service logged an error",
    lines,
    [...errors].map(([what, times]) => `${times} × ${what}`),
  );
}

function parsed(text: string): Line | undefined {
  if (!text.startsWith("{")) return undefined;
  return JSON.parse(text) as Line;
}
