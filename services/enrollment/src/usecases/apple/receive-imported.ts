import type { Vault } from "@muster/vault/vault";
import { type ImportedSecrets, importKeys, releasable } from "../../domain/apple/imported-device.ts";
import type { Device } from "../../domain/device.ts";
import type { SecretKind } from "../../domain/escrow.ts";
import { lockImported, noteArrival } from "../../storage/imported-devices.ts";
import type { EnrollmentWork, Escrow } from "./escrow.ts";

interface Place {
  readonly tenant: string;
  readonly id: string;
}

const placeOf = ({ id, tenant }: Place): string => `${tenant}/imported-device/${id}`;

/** Seals what another server knew until its device comes. */
export class ImportVault {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Nothing when there is no secret. */
  seal(place: Place, secrets: ImportedSecrets): Buffer | undefined {
    const entries = Object.entries(secrets).map(([kind, secret]) => [kind, secret.toString("base64")]);
    if (entries.length === 0) return undefined;
    return this.#vault.seal(placeOf(place), Buffer.from(JSON.stringify(Object.fromEntries(entries))));
  }

  open(place: Place, sealed: Buffer): ImportedSecrets {
    const secrets = JSON.parse(this.#vault.open(placeOf(place), sealed).toString()) as Record<SecretKind, string>;
    return Object.fromEntries(Object.entries(secrets).map(([kind, secret]) => [kind, Buffer.from(secret, "base64")]));
  }
}

export interface ReceiveDeps {
  readonly escrow: Escrow;
  readonly imports: ImportVault;
}

/** Takes into escrow what another server knew of a device that has come, as far as it may have it. */
export async function receiveImported(
  work: EnrollmentWork,
  device: Device,
  { escrow, imports: vault }: ReceiveDeps,
  at: Date,
): Promise<boolean> {
  const { apple, hardwareSerial, id: deviceId, ownership, tenant } = device;
  if (apple === undefined || ownership === "personal") return false;
  const keys = importKeys({ udid: apple.udid, serialNumber: hardwareSerial });
  const imports = await lockImported(work.sql, tenant, keys);
  for (const { device: known, sealed } of imports) {
    const secrets = sealed === undefined ? {} : vault.open(known, sealed);
    const released = releasable(known.secretKinds, apple.kind);
    for (const kind of released) {
      const secret = secrets[kind];
      const giving = { actor: "muster", at, unproven: true };
      if (secret !== undefined) await escrow.take(work, { tenant, deviceId, kind }, secret, giving);
    }
    const waiting = known.secretKinds.filter((kind) => !released.includes(kind));
    const left = Object.fromEntries(waiting.flatMap((kind) => (secrets[kind] ? [[kind, secrets[kind]]] : [])));
    await noteArrival(work.sql, known, { deviceId, at, waiting, sealed: vault.seal(known, left) });
  }
  return imports.length > 0;
}
