import { createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { CmsError } from "@muster/apple-protocol/cms/cms-error";
import { openEnvelope } from "@muster/apple-protocol/cms/open-envelope";
import { selfSigned } from "@muster/apple-protocol/x509/issue-certificate";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { refuse } from "../../domain/refusals.ts";
import { serialNumber } from "../../domain/serial-number.ts";
import { addEscrowKey, findEscrowKey, type SealedEscrowKey } from "../../storage/escrow-keys.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";

export interface EscrowKeysDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: Vault;
  readonly randomBytes: (count: number) => Buffer;
  readonly now: () => Date;
}

const makeKeyPair = promisify(generateKeyPair);
const KEY_BITS = 2_048;
// A disk that was encrypted years ago must still be opened: devices look at no date when they seal.
const LIFETIME_MS = 20 * 365 * 24 * 3_600_000;
const CLOCK_SKEW_MS = 24 * 3_600_000;

const placeOf = (tenant: string): string => `${tenant}/escrow-key`;

/** The keys for which devices seal secrets before they say them, one of each tenant. */
export class EscrowKeys {
  readonly #deps: EscrowKeysDeps;
  readonly #certificates = new Map<string, Buffer>();

  constructor(deps: EscrowKeysDeps) {
    this.#deps = deps;
  }

  /** The tenant's certificate, DER; made when nobody asked for it before. */
  async certificateOf(tenant: string): Promise<Buffer> {
    const known = this.#certificates.get(tenant) ?? (await this.#find(tenant))?.certificate;
    const certificate = known ?? (await this.#make(tenant)).certificate;
    this.#certificates.set(tenant, certificate);
    return certificate;
  }

  /** What is in a CMS envelope for the tenant's certificate. */
  async open(tenant: string, envelope: Uint8Array): Promise<Buffer> {
    const kept = await this.#find(tenant);
    const notOurs = (cause?: unknown) =>
      refuse("enrollment.envelope_not_ours", "the envelope is for another certificate than the tenant's", { cause });
    if (kept === undefined) throw notOurs();
    const { certificate, sealedKey } = kept;
    try {
      return openEnvelope(envelope, { certificate, key: this.#keyIn(tenant, sealedKey) }).content;
    } catch (error) {
      if (!(error instanceof CmsError)) throw error;
      throw notOurs(error);
    }
  }

  #find(tenant: string): Promise<SealedEscrowKey | undefined> {
    return this.#deps.database.tenant(tenant, (work) => findEscrowKey(work.sql, tenant));
  }

  #keyIn(tenant: string, sealedKey: Buffer): KeyObject {
    const key = this.#deps.vault.open(placeOf(tenant), sealedKey);
    return createPrivateKey({ key, format: "der", type: "pkcs8" });
  }

  async #make(tenant: string): Promise<SealedEscrowKey> {
    const { database, now, randomBytes, vault } = this.#deps;
    const { privateKey } = await makeKeyPair("rsa", { modulusLength: KEY_BITS });
    const certificate = selfSigned(privateKey, {
      subject: [
        ["O", tenant],
        ["CN", "Muster escrow"],
      ],
      keyUsage: ["keyEncipherment"],
      serial: serialNumber(randomBytes),
      notBefore: new Date(now().getTime() - CLOCK_SKEW_MS),
      notAfter: new Date(now().getTime() + LIFETIME_MS),
    });
    const sealedKey = vault.seal(placeOf(tenant), privateKey.export({ format: "der", type: "pkcs8" }));
    return database.tenant(tenant, async (work) => {
      await addEscrowKey(work.sql, { tenant, certificate, sealedKey });
      // Another replica may have been first.
      const kept = await findEscrowKey(work.sql, tenant);
      if (kept === undefined) throw new Error("an escrow key was not kept");
      return kept;
    });
  }
}
