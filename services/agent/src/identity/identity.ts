import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { CommandKeys } from "../commands/command-keys.ts";
import { writeDurably } from "../state/write-durably.ts";

/** Who this device is to the server. Everything in it is needed, and it is only ever replaced as a whole. */
export interface Identity extends CommandKeys {
  readonly deviceId: string;
  readonly tenant: string;
  /** PEM, with its issuers in `chain`. */
  readonly certificate: string;
  readonly chain: readonly string[];
  /** PKCS#8 PEM, P-256. */
  readonly privateKey: string;
  readonly nodeKey: string;
  readonly checkinIntervalSec: number;
  readonly ownership: string;
}

export async function loadIdentity(path: string): Promise<Identity | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Identity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${path} cannot be read; remove it to enroll again`, { cause: error });
  }
}

export const saveIdentity = (path: string, identity: Identity): Promise<void> =>
  writeDurably(path, `${JSON.stringify(identity, undefined, 2)}\n`);

/** When two thirds of the certificate's life are over. */
export function renewalTime({ certificate }: Pick<Identity, "certificate">): Date {
  const { validFrom, validTo } = new X509Certificate(certificate);
  const from = Date.parse(validFrom);
  return new Date(from + ((Date.parse(validTo) - from) * 2) / 3);
}
