import { createReadStream } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { Json } from "../api/client.ts";
import { usage } from "../failure.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

export interface ImportOptions extends GlobalOptions {
  readonly file: string;
  readonly source: string;
}

const AT_ONCE = 500;

/** Imports what another server knew of Apple devices, one JSON object a line, and prints those that were refused. */
export async function importAppleDevices({ file, source, ...options }: ImportOptions): Promise<void> {
  const { api, format } = openSession(options);
  let [first, taken] = [0, 0];
  let batch: Json[] = [];
  const send = async (): Promise<void> => {
    if (batch.length === 0) return;
    const body = { source, devices: batch };
    const { results } = await api.call("/api/v1/apple-imports", { method: "POST", body });
    if (format !== "table") await printWhole(results, format);
    for (const { error, errorCode, index } of results as { error: string; errorCode: string; index: number }[]) {
      if (!errorCode) taken++;
      else if (format === "table") print(`line ${first + index + 1}: ${errorCode}: ${error}\n`);
    }
    first += batch.length;
    batch = [];
  };
  const input = file === "-" ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input })) {
    batch.push(read(line, `${file}, line ${first + batch.length + 1}`));
    if (batch.length === AT_ONCE) await send();
  }
  await send();
  if (format === "table") print(`${taken} of ${first} devices were imported\n`);
}

function read(line: string, where: string): Json {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw usage(`${where} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
