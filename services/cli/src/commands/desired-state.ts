import type { Api, Json } from "../api/client.ts";
import type { Complaint } from "../desired-state/document-file.ts";
import { planText } from "../desired-state/plan-text.ts";
import { readFolder } from "../desired-state/read-folder.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

const PLANS = "/api/v1/desired-state/plans";
/** A plan of very many documents takes its time, as each is checked by the service that owns it. */
const PLAN_TIMEOUT_MS = 120_000;
const ASK_EVERY_MS = 500;

export interface DesiredStateOptions extends GlobalOptions {
  readonly file?: string;
  readonly prune: boolean;
  readonly owner?: string;
}

/** Shows what `apply` would do. */
export async function diff(options: DesiredStateOptions): Promise<void> {
  const { api, format } = openSession(options);
  const plan = await planOf(api, options);
  if (format !== "table") return printWhole(plan, format);
  print(planText(plan, process.stdout));
  if (plan.changes.length > 0) print(`\`muster apply --plan ${plan.id}\` does exactly this, within an hour\n`);
}

/** Ends with 0 when everything is as the documents say, and with `differs` when it is not. */
export async function drift(options: DesiredStateOptions): Promise<void> {
  const { api, format } = openSession(options);
  const plan = await planOf(api, options);
  if (format === "table") print(planText(plan, process.stdout));
  else await printWhole(plan, format);
  if (plan.changes.length > 0 || plan.unnamed.length > 0) process.exitCode = EXIT.differs;
}

/** Brings everything to what the documents say, or does nothing. */
export async function apply({
  plan: planned,
  ...options
}: DesiredStateOptions & { readonly plan?: string }): Promise<void> {
  const { api, format } = openSession(options);
  const plan = planned === undefined ? await planOf(api, options) : await api.get(`${PLANS}/${planned}`);
  if (format === "table") print(planText(plan, process.stdout));
  if (plan.changes.length === 0) return format === "table" ? undefined : printWhole(plan, format);
  let applied = await api.call(`${PLANS}/${plan.id}/apply`, { method: "POST" });
  while (!ENDED.includes(applied.state)) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    applied = await api.get(`${PLANS}/${plan.id}`);
  }
  if (format !== "table") await printWhole(applied, format);
  if (applied.state === UNDONE) throw new Failure(EXIT.refused, `it was undone: ${applied.error}`);
  if (format === "table") print("done\n");
}

const UNDONE = "DESIRED_STATE_PLAN_STATE_UNDONE";
const ENDED: readonly string[] = ["DESIRED_STATE_PLAN_STATE_APPLIED", UNDONE];

async function planOf(api: Api, { file, prune, owner }: DesiredStateOptions): Promise<Json> {
  if (file === undefined) throw usage("which documents? -f names a folder or a file");
  const { documents, complaints } = await readFolder(file, process.env);
  refuseIfAny(complaints);
  const body = { documents: documents.map(({ sent }) => sent), prune, owner };
  const plan = await api.call(PLANS, { method: "POST", body, signal: AbortSignal.timeout(PLAN_TIMEOUT_MS) });
  refuseIfAny(
    (plan.problems as Json[]).map(({ document, path, message }) => ({
      ...(documents[document]?.position(path) ?? { file, line: 1, column: 1 }),
      message: path === "" ? message : `${path}: ${message}`,
    })),
  );
  return plan;
}

function refuseIfAny(complaints: readonly Complaint[]): void {
  if (complaints.length === 0) return;
  const inOrder = complaints.toSorted((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
  for (const { file, line, column, message } of inOrder)
    process.stderr.write(`${file}:${line}:${column}: ${message}\n`);
  throw usage(
    complaints.length === 1
      ? "there is a problem in the documents"
      : `there are ${complaints.length} problems in the documents`,
  );
}
