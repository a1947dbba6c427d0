import type { Json } from "../api/client.ts";
import { deviceId } from "../api/device.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type Column, print, printList, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";

const kindOf = (secret: Json): string =>
  String(secret.kind)
    .replace(/^SECRET_KIND_/, "")
    .toLowerCase();
const time = (at: unknown): string => (typeof at === "string" ? at.replace(/\.\d+Z$/, "Z") : "");

const COLUMNS: readonly Column[] = [
  ["kind", kindOf],
  ["escrowed", (secret) => time(secret.escrowedAt)],
  ["proven", (secret) => time(secret.provenAt)],
  ["ended", (secret) => time(secret.endedAt)],
  ["last read", (secret) => time(secret.lastReadAt)],
  ["id", (secret) => secret.id],
];

/** Lists what of a device is in escrow; never what opens it. */
export async function listDeviceSecrets({ api, format }: Session, device: string): Promise<void> {
  const { secrets } = await api.get(`/api/v1/devices/${await deviceId(api, device)}/secrets`);
  await printList(secrets, COLUMNS, format);
}

export interface RevealOptions extends GlobalOptions {
  readonly reason: string;
}

/** Prints one secret; for a kind, the newest that is good. Who and why is told to everybody who listens. */
export async function reveal(device: string, which: string, options: RevealOptions): Promise<void> {
  const { api, format } = openSession(options);
  const path = `/api/v1/devices/${await deviceId(api, device)}/secrets`;
  const { secrets } = await api.get(path);
  const kind = which.replaceAll("-", "_");
  const found = (secrets as Json[]).find(
    (secret) => secret.id === which || (kindOf(secret) === kind && secret.endedAt === undefined),
  );
  if (found === undefined)
    throw new Failure(
      EXIT.missing,
      `no ${which} of this device is in escrow; \`muster get secrets --device\` lists what is`,
    );
  const secret = await api.call(`${path}/${found.id}/reveal`, { method: "POST", body: { reason: options.reason } });
  if (format === "table") print(`${secret.value}\n`);
  else await printWhole(secret, format);
}
