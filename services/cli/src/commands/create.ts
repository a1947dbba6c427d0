import type { Json } from "../api/client.ts";
import { usage } from "../failure.ts";
import { readInput } from "../input-file.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

/** Creates policies from a YAML or JSON file with one, a list, or several documents; one that does not say so is enabled. */
export async function createPolicies({ file, ...options }: GlobalOptions & { readonly file: string }): Promise<void> {
  const { api, format } = openSession(options);
  for (const policy of await documentsOf(file)) {
    const created = await api.call("/api/v1/policies", { method: "POST", body: { enabled: true, ...policy } });
    if (format === "table") print(`${created.id}  ${created.name}\n`);
    else await printWhole(created, format);
  }
}

/** What a YAML or JSON file holds: one thing, a list, or several documents. */
export async function documentsOf(file: string): Promise<Json[]> {
  const { parseAllDocuments } = await import("yaml");
  return [...parseAllDocuments((await readInput(file)).toString())].flatMap((document) => {
    if (document.errors[0] !== undefined) throw usage(`${file}: ${document.errors[0].message}`);
    const content: unknown = document.toJS();
    return Array.isArray(content) ? content : [content];
  });
}

export interface WebhookOptions extends GlobalOptions {
  readonly name: string;
  readonly type?: readonly string[];
}

export async function createWebhook(url: string, { name, type = [], ...options }: WebhookOptions): Promise<void> {
  const { api, format } = openSession(options);
  const body = { name, url, eventTypes: type, enabled: true };
  await printWhole(await api.call("/api/v1/webhooks", { method: "POST", body }), format);
}

export async function rotateWebhook(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(
    await api.call(`/api/v1/webhooks/${encodeURIComponent(id)}/rotate-secret`, { method: "POST" }),
    format,
  );
}

export interface ReplayOptions extends GlobalOptions {
  readonly since?: string;
  readonly until?: string;
}

export async function replayWebhook(id: string, { since, until, ...options }: ReplayOptions): Promise<void> {
  const { api } = openSession(options);
  const body = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  const { replayed } = await api.call(`/api/v1/webhooks/${encodeURIComponent(id)}/replay`, { method: "POST", body });
  print(`${replayed} deliveries are sent once more\n`);
}
