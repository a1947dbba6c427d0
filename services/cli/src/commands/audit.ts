import type { Schema } from "@muster/api-client/call";
import { deviceId } from "../api/device.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { type Column, print, printList, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";

export interface AuditOptions extends GlobalOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly device?: string;
  readonly outcome?: string;
  readonly type?: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

const OUTCOMES = ["succeeded", "refused", "failed", "unknown"];

const PATH = "/api/v1/audit";

const COLUMNS: readonly Column[] = [
  ["number", (record) => record.number],
  ["time", (record) => record.time.replace(/\.\d+Z$/, "Z")],
  ["actor", (record) => record.actor],
  ["what", (record) => record.action || record.type.split(".").at(-1)],
  ["outcome", (record) => record.outcome.replace(/^AUDIT_OUTCOME_(UNSPECIFIED)?/, "").toLowerCase()],
  ["device", (record) => record.deviceId],
];

/** Lists records, newest first. */
export async function listAudit({ limit, ...options }: AuditOptions & { readonly limit: string }): Promise<void> {
  if (!(Number(limit) > 0)) throw usage("--limit is a number above 0");
  const session = openSession(options);
  const query = await queryOf(session, options);
  const records = await session.api.list(`${PATH}/records`, "records", query as Record<string, string>, Number(limit));
  await printList(records, COLUMNS, session.format);
}

/** Prints one record with what it says and what proves it. */
export async function getAudit(number: string, options: GlobalOptions): Promise<void> {
  if (!/^\d+$/.test(number)) throw usage("a record is named by its number");
  const { api, format } = openSession(options);
  const { record, proof } = await api.get(`${PATH}/records/${number}`);
  const { content, ...rest } = record;
  await printWhole({ ...rest, content: JSON.parse(content), proof }, format);
}

/** Prints the public keys as a JWKS: what is kept elsewhere to verify with. */
export async function auditKeys(options: GlobalOptions): Promise<void> {
  const { api } = openSession(options);
  print(`${JSON.stringify(await api.get(`${PATH}/keys`), null, 2)}\n`);
}

/** Prints the export, one line of JSON for each item. */
export async function exportAudit(options: AuditOptions): Promise<void> {
  const session = openSession(options);
  let ended = false;
  const asked = { query: await queryOf(session, options) };
  for await (const item of session.api.client.items("/api/v1/audit/export", asked)) {
    if (!process.stdout.write(`${JSON.stringify(item)}\n`)) {
      await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
    ended ||= item.end !== undefined;
  }
  if (!ended) throw new Failure(EXIT.unreachable, "the export broke off; what was printed is not whole");
}

async function queryOf({ api }: Session, options: AuditOptions) {
  const { actor, action, device, outcome, type, since, until } = options;
  if (outcome !== undefined && !OUTCOMES.includes(outcome)) throw usage(`--outcome is one of ${OUTCOMES.join(", ")}`);
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(device !== undefined && { deviceId: await deviceId(api, device) }),
    ...(outcome !== undefined && {
      outcome: `AUDIT_OUTCOME_${outcome.toUpperCase()}` as Schema<"notification.AuditOutcome">,
    }),
    ...(type !== undefined && { types: type }),
    ...(since !== undefined && { since: timeOf(since) }),
    ...(until !== undefined && { until: timeOf(until) }),
  };
}

function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw usage(`"${text}" is not a time such as 2026-01-31T12:00:00Z`);
  return time.toISOString();
}
