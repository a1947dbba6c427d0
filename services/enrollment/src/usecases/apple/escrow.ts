import type { Work } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { escrowedMessage } from "../../contract/escrow-message.ts";
import { type EscrowedSecret, type Proof, type SecretOwner, secretIn } from "../../domain/escrow.ts";
import { madeSecret } from "../../domain/made-secret.ts";
import {
  addSecret,
  endSecrets,
  lockSecrets,
  newestSecret,
  noteRead,
  proveSecret,
  type SealedSecret,
  secretById,
  secretOfCommand,
} from "../../storage/escrow.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";

export type EnrollmentWork = Work<EnrollmentDatabase>;

export interface EscrowDeps {
  readonly vault: Vault;
  readonly newId: () => string;
  readonly randomBytes: (count: number) => Buffer;
}

/** Who gives a secret into escrow, and how sure it is that the device has it. */
export interface Giving {
  readonly actor: string;
  readonly at: Date;
  readonly commandId?: string | undefined;
  /** The earlier ones of its kind stay good until a proof comes. */
  readonly unproven?: boolean;
}

export interface Reading {
  readonly actor: string;
  readonly at: Date;
  readonly purpose: string;
}

export interface OpenedSecret {
  readonly entry: EscrowedSecret;
  readonly secret: Buffer;
}

const placeOf = ({ deviceId, kind, tenant }: SecretOwner): string => `${tenant}/escrow/${deviceId}/${kind}`;

/** Keeps secrets of devices. What is told of them is that they are there, and that they were read. */
export class Escrow {
  readonly #vault: Vault;
  readonly #newId: () => string;
  readonly #randomBytes: (count: number) => Buffer;

  constructor({ newId, randomBytes, vault }: EscrowDeps) {
    this.#vault = vault;
    this.#newId = newId;
    this.#randomBytes = randomBytes;
  }

  /** Takes a secret in; the same one again, or one of the same command, changes nothing. */
  async take(work: EnrollmentWork, owner: SecretOwner, secret: Buffer, giving: Giving): Promise<EscrowedSecret> {
    await lockSecrets(work.sql, owner);
    const { at, commandId, unproven = false } = giving;
    const known = commandId === undefined ? undefined : await secretOfCommand(work.sql, owner, commandId);
    if (known !== undefined) return known;
    const newest = await newestSecret(work.sql, owner);
    // What a command sets is its own, even when it was set before: the proof names the command.
    const isItsOwn = unproven && commandId !== undefined;
    if (isItsOwn || newest === undefined || !this.#open(newest).equals(secret))
      return this.#add(work, owner, secret, giving);
    if (unproven || newest.provenAt !== undefined) return newest;
    await proveSecret(work.sql, newest, at);
    return { ...newest, provenAt: at };
  }

  /** Makes a secret up for a command that is about to set it; the same command gets the same one. Nothing for other kinds. */
  async make(work: EnrollmentWork, owner: SecretOwner, giving: Giving & { readonly commandId: string }) {
    await lockSecrets(work.sql, owner);
    const known = await secretOfCommand(work.sql, owner, giving.commandId);
    if (known !== undefined) return { entry: known, secret: this.#open(known) };
    const made = madeSecret(owner.kind, this.#randomBytes);
    if (made === undefined) return undefined;
    const secret = secretIn(owner.kind, made);
    return { entry: await this.#add(work, owner, secret, { ...giving, unproven: true }), secret };
  }

  /** Takes note of what a command showed of a secret. */
  async prove(work: EnrollmentWork, owner: SecretOwner, commandId: string, proof: Proof, at: Date): Promise<void> {
    await lockSecrets(work.sql, owner);
    if (proof === "cleared") return endSecrets(work.sql, owner, at);
    const shown =
      proof === "set" ? await secretOfCommand(work.sql, owner, commandId) : await newestSecret(work.sql, owner);
    if (shown !== undefined && shown.endedAt === undefined) await proveSecret(work.sql, shown, at);
  }

  /** The newest good secret of a kind; nothing when there is none. Whoever reads it is told of. */
  async read(
    work: EnrollmentWork,
    owner: SecretOwner,
    reading: Reading,
    provenOnly = false,
  ): Promise<OpenedSecret | undefined> {
    const known = await newestSecret(work.sql, owner, provenOnly);
    return known && this.#read(work, known, reading);
  }

  /** One secret, be it good or not. */
  async readById(
    work: EnrollmentWork,
    { deviceId, id, tenant }: { readonly tenant: string; readonly deviceId: string; readonly id: string },
    reading: Reading,
  ): Promise<OpenedSecret | undefined> {
    const known = await secretById(work.sql, tenant, deviceId, id);
    return known && this.#read(work, known, reading);
  }

  async #add(work: EnrollmentWork, owner: SecretOwner, secret: Buffer, giving: Giving): Promise<EscrowedSecret> {
    const { deviceId, tenant } = owner;
    const { actor, at, commandId, unproven = false } = giving;
    const entry: SealedSecret = {
      ...owner,
      id: this.#newId(),
      commandId,
      sealed: this.#vault.seal(placeOf(owner), secret),
      escrowedAt: at,
      provenAt: unproven ? undefined : at,
      endedAt: undefined,
      lastReadAt: undefined,
    };
    await addSecret(work.sql, entry);
    if (!unproven) await proveSecret(work.sql, entry, at);
    const data = { secret: escrowedMessage(entry) };
    work.emit({ type: "muster.enrollment.v1.SecretEscrowed", tenant, deviceId, actor, data });
    return entry;
  }

  async #read(work: EnrollmentWork, known: SealedSecret, { actor, at, purpose }: Reading): Promise<OpenedSecret> {
    const { deviceId, tenant } = known;
    await noteRead(work.sql, known, at);
    const entry = { ...known, lastReadAt: at };
    const data = { secret: escrowedMessage(entry), purpose };
    work.emit({ type: "muster.enrollment.v1.SecretRead", tenant, deviceId, actor, data });
    return { entry, secret: this.#open(known) };
  }

  #open(known: SealedSecret): Buffer {
    return this.#vault.open(placeOf(known), known.sealed);
  }
}
