import type { Work } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { escrowedMessage } from "../../contract/escrow-message.ts";
import type { EscrowedSecret, SecretKind } from "../../domain/escrow.ts";
import { addSecret, newestSecret, noteRead } from "../../storage/escrow.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";

export type EnrollmentWork = Work<EnrollmentDatabase>;

interface Owner {
  readonly tenant: string;
  readonly deviceId: string;
  readonly kind: SecretKind;
}

const placeOf = ({ deviceId, kind, tenant }: Owner): string => `${tenant}/escrow/${deviceId}/${kind}`;

/** Keeps secrets of devices. What is told of them is that they are there, and that they were read. */
export class Escrow {
  readonly #vault: Vault;
  readonly #newId: () => string;

  constructor(vault: Vault, newId: () => string) {
    this.#vault = vault;
    this.#newId = newId;
  }

  /** Takes a secret in; the same one again changes nothing. */
  async take(work: EnrollmentWork, owner: Owner, secret: Buffer, actor: string, at: Date): Promise<EscrowedSecret> {
    const { deviceId, kind, tenant } = owner;
    const known = await newestSecret(work.sql, tenant, deviceId, kind);
    if (known !== undefined && this.#vault.open(placeOf(owner), known.sealed).equals(secret)) return known;
    const sealed = this.#vault.seal(placeOf(owner), secret);
    const entry = { ...owner, id: this.#newId(), sealed, escrowedAt: at, lastReadAt: undefined };
    await addSecret(work.sql, entry);
    const data = { secret: escrowedMessage(entry) };
    work.emit({ type: "muster.enrollment.v1.SecretEscrowed", tenant, deviceId, actor, data });
    return entry;
  }

  /** The newest secret of a kind; nothing when there is none. Whoever reads it is told of. */
  async read(
    work: EnrollmentWork,
    owner: Owner,
    { actor, at, purpose }: { readonly actor: string; readonly at: Date; readonly purpose: string },
  ): Promise<{ readonly entry: EscrowedSecret; readonly secret: Buffer } | undefined> {
    const { deviceId, kind, tenant } = owner;
    const known = await newestSecret(work.sql, tenant, deviceId, kind);
    if (known === undefined) return undefined;
    await noteRead(work.sql, known, at);
    const entry = { ...known, lastReadAt: at };
    const data = { secret: escrowedMessage(entry), purpose };
    work.emit({ type: "muster.enrollment.v1.SecretRead", tenant, deviceId, actor, data });
    return { entry, secret: this.#vault.open(placeOf(owner), known.sealed) };
  }
}
