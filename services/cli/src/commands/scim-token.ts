import type { Api } from "../api/client.ts";
import { printWhole } from "../output/print.ts";
import { findOne, onePath } from "./resources/find-one.ts";
import { kindOf } from "./resources/known-kinds.ts";
import { type GlobalOptions, openSession } from "./session.ts";

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
