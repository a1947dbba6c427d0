import { print, printWhole } from "../output/print.ts";
import { findOne, onePath } from "./resources/find-one.ts";
import { kindOf } from "./resources/known-kinds.ts";
import { type GlobalOptions, openSession } from "./session.ts";

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
