import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Api, Json } from "../api/client.ts";
import { deviceId } from "../api/device.ts";
import { labelIds } from "../api/label.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

export interface ApplyOptions extends GlobalOptions {
  readonly name?: string;
  readonly label?: readonly string[];
  readonly device?: readonly string[];
  readonly platform?: readonly string[];
  readonly user: boolean;
}

/**
 * Makes each mobileconfig a profile of the file's name, or replaces the one that has it. Whom it is for stays as it was when
 * nothing is said of it.
 */
export async function applyProfiles(files: readonly string[], options: ApplyOptions): Promise<void> {
  if (options.name !== undefined && files.length > 1) throw usage("--name is for one file");
  const { api, format } = openSession(options);
  const selection = await selectionOf(api, options);
  const { profiles } = await api.get("/api/v1/profiles");
  for (const file of files) {
    const name = options.name ?? basename(file).replace(/\.mobileconfig$/, "");
    const content = await readFile(file, "base64").catch((cause: Error) => {
      throw usage(`${file} cannot be read: ${cause.message}`);
    });
    const before = (profiles as Json[]).find((each) => each.name === name);
    const said = { content, ...(selection && { selection }), ...(options.user && { userChannel: true }) };
    const [path, method] =
      before === undefined
        ? (["/api/v1/profiles", "POST"] as const)
        : ([`/api/v1/profiles/${before.id}`, "PUT"] as const);
    const body = { name, ...(before === undefined ? {} : kept(before)), ...said };
    const profile = await api.call(path, { method, body });
    if (format !== "table") {
      await printWhole(profile, format);
      continue;
    }
    print(`${profile.id}  ${profile.name}  revision ${profile.revision}\n`);
    if (profile.signer) print(`  signed by ${profile.signer}; the signature is not kept\n`);
    for (const { message, path: where } of (profile.warnings ?? []) as Json[]) print(`  ${where}: ${message}\n`);
  }
}

/** Sends a profile once more to the devices named, or to all on which it failed. */
export async function resendProfile(
  name: string,
  { device = [], ...options }: GlobalOptions & { readonly device?: readonly string[] },
): Promise<void> {
  const { api } = openSession(options);
  const { id } = await profileNamed(api, name);
  const deviceIds = await Promise.all(device.map((each) => deviceId(api, each)));
  const { resent } = await api.call(`/api/v1/profiles/${id}/resend`, { method: "POST", body: { deviceIds } });
  print(`it is on its way again to ${resent ?? 0}\n`);
}

async function profileNamed(api: Api, name: string): Promise<Json> {
  const { profiles } = await api.get("/api/v1/profiles");
  const profile = (profiles as Json[]).find((each) => each.id === name || each.name === name);
  if (profile === undefined)
    throw new Failure(EXIT.missing, `there is no profile "${name}"; \`muster get profiles\` lists them`);
  return profile;
}

const kept = ({ description, selection, userChannel }: Json) => ({ description, selection, userChannel });

async function selectionOf(api: Api, { device = [], label = [], platform = [] }: ApplyOptions) {
  if (device.length + label.length + platform.length === 0) return undefined;
  return {
    deviceIds: await Promise.all(device.map((each) => deviceId(api, each))),
    labelIds: await labelIds(api, label),
    platforms: platform.map((each) => `PLATFORM_${each.toUpperCase()}`),
  };
}
