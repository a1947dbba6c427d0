import { createReadStream, readFileSync } from "node:fs";
import type { Fault } from "@muster/audit-chain/chain-check";
import { type Checkpoint, readCheckpoint } from "@muster/audit-chain/checkpoint";
import type { JSONWebKeySet } from "jose";
import { ExportCheck, type ExportVerdict } from "../api/audit-export.ts";
import type { Api, Json } from "../api/client.ts";
import { itemsOf } from "../api/items.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

export interface VerifyOptions extends GlobalOptions {
  /** An export to verify instead of the platform's chain. */
  readonly file?: string;
  /** A JWKS; the platform's own when left out. */
  readonly keys?: string;
  /** Checkpoints that were held elsewhere, a compact JWS on each line. */
  readonly checkpoint?: string;
}

/** Proves the chain twice: the platform from what it stores, and this program from the hashes it downloads. */
export async function verifyAudit(options: VerifyOptions): Promise<void> {
  const keys = await keysOf(options);
  const check = new ExportCheck(keys, await heldCheckpoints(options, keys));
  if (options.file !== undefined) {
    return tell(await checked(check, itemsOf(new Response(linesOf(options.file)))), options);
  }
  const { api } = openSession(options);
  await verifiedThere(api);
  const hashes = api.client.items("/api/v1/audit/export", { query: { hashesOnly: true } });
  await tell(await checked(check, hashes), options);
}

/** The platform looks at contents and columns too, which do not travel here. */
async function verifiedThere(api: Api): Promise<void> {
  let done = false;
  for await (const progress of api.client.items("/api/v1/audit/verification")) {
    if (progress.fault) throw disproved(progress.fault);
    if (process.stderr.isTTY) process.stderr.write(`\r${progress.last} records checked by the platform`);
    done = progress.done;
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  if (!done) throw new Failure(EXIT.unreachable, "the platform's verification broke off");
}

async function checked(check: ExportCheck, items: AsyncIterable<Json>): Promise<ExportVerdict> {
  for await (const item of items) {
    const fault = await check.line(item);
    if (fault !== undefined) return check.verdict(fault);
  }
  return check.verdict(check.finish());
}

async function tell(verdict: ExportVerdict, options: VerifyOptions): Promise<void> {
  const { fault, tenant, complete, records, first, last, unsigned } = verdict;
  if (options.output === "json" || options.output === "yaml") await printWhole(verdict, options.output);
  if (fault !== undefined) throw disproved(fault);
  if (options.output !== "table") return;
  const span = records === 0 ? "no records" : `${records} records, ${first} to ${last}`;
  const whole = complete ? "one unbroken chain" : "each proven by itself";
  print(`${tenant}: ${span}: ${whole}${unsigned === 0 ? "" : `; ${unsigned} of them not signed yet`}.\n`);
  if (options.keys === undefined) {
    process.stderr.write("The keys are the platform's own word; --keys takes those that were kept elsewhere.\n");
  }
}

/** The platform writes a record's number as text, as it has 64 bits. */
type ToldFault = Readonly<Record<Exclude<keyof Fault, "number">, string>> & { readonly number: number | string };

const disproved = ({ number, kind, detail }: ToldFault): Failure =>
  new Failure(EXIT.disproved, `the audit chain is broken at record ${number} (${kind}): ${detail}`);

async function keysOf(options: VerifyOptions): Promise<JSONWebKeySet> {
  if (options.keys !== undefined) return JSON.parse(read(options.keys)) as JSONWebKeySet;
  return (await openSession(options).api.get("/api/v1/audit/keys")) as JSONWebKeySet;
}

async function heldCheckpoints({ checkpoint }: VerifyOptions, keys: JSONWebKeySet): Promise<Checkpoint[]> {
  if (checkpoint === undefined) return [];
  const held: Checkpoint[] = [];
  for (const line of read(checkpoint)
    .split("\n")
    .filter((each) => each.trim() !== "")) {
    const signed = await readCheckpoint(line.trim(), keys);
    if (signed === undefined)
      throw usage(`${checkpoint} holds something that is not a checkpoint signed by a known key`);
    held.push(signed);
  }
  return held;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw usage(`${file} cannot be read: ${String(cause)}`);
  }
}

function linesOf(file: string): ReadableStream {
  return ReadableStream.from(createReadStream(file)) as ReadableStream;
}
