import { hash } from "node:crypto";

/** What stands before the first record. */
export const BEGINNING = "0".repeat(64);

/** What a record's hash is made of, beside its tenant. Hashes are hex. */
export interface ChainLink {
  readonly number: number;
  readonly sealedAt: Date;
  readonly previousHash: string;
  readonly contentHash: string;
}

/** The first line says what is hashed, so that no hash made for one purpose can stand for another. */
export const contentHash = (content: string): string => hash("sha256", `muster.audit.content.v1\n${content}`);

/** A tenant's id has no line break, so the lines can be read in one way only. */
export const recordHash = (tenant: string, { number, sealedAt, previousHash, contentHash }: ChainLink): string =>
  hash(
    "sha256",
    `muster.audit.record.v1\n${tenant}\n${number}\n${sealedAt.toISOString()}\n${previousHash}\n${contentHash}\n`,
  );
