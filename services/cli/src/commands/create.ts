import type { Api, Json } from "../api/client.ts";
import { usage } from "../failure.ts";
import { readInput } from "../input-file.ts";
import { print, printWhole } from "../output/print.ts";
import { findOne, onePath } from "./resources/find-one.ts";
import { kindOf } from "./resources/known-kinds.ts";
import { type GlobalOptions, openSession } from "./session.ts";

/** Creates policies from a YAML or JSON file; it may hold one, a list, or several documents. */
export async function createPolicies({ file, ...options }: GlobalOptions & { readonly file: string }): Promise<void> {
  const { api, format } = openSession(options);
  for (const policy of await documentsOf(file)) {
    const created = await api.call("/api/v1/policies", { method: "POST", body: policy });
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

export interface EnrollOptions extends GlobalOptions {
  readonly name: string;
  readonly personal: boolean;
  readonly expires?: string;
  readonly uses?: string;
}

/** Makes what a device enrolls with, and prints just that, so that it can be piped to where it is needed. */
export async function createEnrollment(kind: "token" | "secret", options: EnrollOptions): Promise<void> {
  const { api, format } = openSession(options);
  const body = {
    name: options.name,
    ownership: options.personal ? "OWNERSHIP_PERSONAL" : "OWNERSHIP_CORPORATE",
    ...(options.expires !== undefined && { expiresAt: options.expires }),
    ...(kind === "token" && options.uses !== undefined && { maxUses: Number(options.uses) }),
  };
  const path = kind === "token" ? "/api/v1/enrollment-tokens" : "/api/v1/enroll-secrets";
  const created = await api.call(path, { method: "POST", body });
  if (format === "table") print(`${created[kind]}\n`);
  else await printWhole(created, format);
}

/** Gives an enrollment token another text, and prints just that. */
export async function rotateEnrollment(name: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  const kind = kindOf("enrollment-token");
  const { id } = await findOne(api, kind, name);
  const rotated = await api.call(`${onePath(kind, id)}/rotate`, { method: "POST" });
  if (format === "table") print(`${rotated.token}\n`);
  else await printWhole(rotated, format);
}

/** Makes what a sign-in provider keeps its people here with, and prints it with the address. */
export async function createScimToken(provider: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.call(await scimPath(api, provider), { method: "POST" }), format);
}

export async function deleteScimToken(provider: string, options: GlobalOptions): Promise<void> {
  const { api } = openSession(options);
  await api.call(await scimPath(api, provider), { method: "DELETE" });
}

async function scimPath(api: Api, provider: string): Promise<string> {
  const kind = kindOf("sign-in-provider");
  return `${onePath(kind, (await findOne(api, kind, provider)).id)}/scim-token`;
}
