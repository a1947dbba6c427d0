import type { Checkpoint } from "./checkpoint.ts";
import { merkleRoot } from "./merkle-tree.ts";
import { BEGINNING, type ChainLink, contentHash, recordHash } from "./record-hash.ts";

export type FaultKind =
  | "missing"
  | "unexpected"
  | "content"
  | "columns"
  | "hash"
  | "chain"
  | "signature"
  | "checkpoint"
  | "truncated";

/** The first thing that is wrong with a chain, and the record where it is. */
export interface Fault {
  readonly number: number;
  readonly kind: FaultKind;
  readonly detail: string;
}

export interface CheckedLink extends ChainLink {
  readonly hash: string;
  /** Left out where only hashes are known. */
  readonly content?: string;
}

/** Recomputes a tenant's chain link by link; the links and checkpoints are given in order, from the beginning. */
export class ChainCheck {
  readonly #tenant: string;
  /** The numbers before which the chain begins and up to which it is signed; 0 for none. */
  readonly beginsAfter: number;
  signedThrough: number;
  /** The last link that was right. */
  number: number;
  #hash: string;
  #leaves: string[] = [];

  /** A chain whose older records were removed begins after a checkpoint. */
  constructor(tenant: string, beginsAfter?: Checkpoint) {
    this.#tenant = tenant;
    this.beginsAfter = this.number = this.signedThrough = beginsAfter?.number ?? 0;
    this.#hash = beginsAfter?.hash ?? BEGINNING;
  }

  link(link: CheckedLink): Fault | undefined {
    const expected = this.number + 1;
    if (link.number > expected) {
      return fault(expected, "missing", `record ${expected} is missing: after ${this.number} comes ${link.number}`);
    }
    if (link.number < expected) {
      return fault(link.number, "unexpected", `record ${link.number} stands where ${expected} should`);
    }
    if (link.content !== undefined && contentHash(link.content) !== link.contentHash) {
      return fault(expected, "content", `the content of record ${expected} was changed: it has another hash`);
    }
    if (link.previousHash !== this.#hash) {
      return fault(
        expected,
        "chain",
        `record ${expected} does not follow record ${this.number}: it names another hash`,
      );
    }
    if (recordHash(this.#tenant, link) !== link.hash) {
      return fault(expected, "hash", `record ${expected} was changed: what it says has another hash`);
    }
    this.number = expected;
    this.#hash = link.hash;
    this.#leaves.push(link.hash);
    return undefined;
  }

  /** A checkpoint whose signature was good, or nothing when it was not; told right after the link with its number. */
  checkpoint(checkpoint: Checkpoint | undefined): Fault | undefined {
    if (checkpoint === undefined) {
      return fault(this.number, "signature", `the checkpoint at record ${this.number} is not signed by a known key`);
    }
    const { tenant, first, number, hash, root } = checkpoint;
    if (tenant !== this.#tenant) return fault(this.number, "checkpoint", `a checkpoint is of the tenant ${tenant}`);
    if (number > this.number) {
      return fault(this.number + 1, "truncated", `the chain ends at ${this.number}, and ${number} was signed`);
    }
    const here = first === this.signedThrough + 1 && number === this.number;
    if (!here || hash !== this.#hash || root !== merkleRoot(this.#leaves)) {
      return fault(first, "checkpoint", `records ${first} to ${number} are not those that were signed`);
    }
    this.signedThrough = number;
    this.#leaves = [];
    return undefined;
  }
}

const fault = (number: number, kind: FaultKind, detail: string): Fault => ({ number, kind, detail });
