import { ChainCheck, type CheckedLink, type Fault } from "@muster/audit-chain/chain-check";
import { type Checkpoint, readCheckpoint } from "@muster/audit-chain/checkpoint";
import { checkInclusion } from "@muster/audit-chain/inclusion";
import type { JSONWebKeySet } from "jose";
import type { Json } from "./client.ts";

export interface ExportVerdict {
  readonly fault: Fault | undefined;
  readonly tenant: string;
  /** Whether it is the whole chain, not selected records. */
  readonly complete: boolean;
  /** How many records were right. */
  readonly records: number;
  readonly first: number;
  readonly last: number;
  /** How many of them no signed checkpoint stands for yet. */
  readonly unsigned: number;
}

/** Checks an export line by line, believing nothing but the keys and the checkpoints that were held elsewhere. */
export class ExportCheck {
  readonly #keys: JSONWebKeySet;
  readonly #held: readonly Checkpoint[];
  #tenant = "";
  #complete = false;
  #check: ChainCheck | undefined;
  #records = 0;
  #first = 0;
  #last = 0;
  #unproven = 0;
  #ended = false;

  constructor(keys: JSONWebKeySet, held: readonly Checkpoint[] = []) {
    this.#keys = keys;
    this.#held = held;
  }

  async line({ begin, record, checkpoint, end }: Json): Promise<Fault | undefined> {
    if (begin !== undefined) return this.#begin(begin);
    if (record !== undefined) return this.#record(record);
    if (checkpoint !== undefined) return this.#check?.checkpoint(await readCheckpoint(checkpoint, this.#keys));
    if (end === undefined) return undefined;
    this.#ended = true;
    if (Number(end.records) === this.#records) return undefined;
    return this.#cut(`the export ends with ${this.#records} records of ${end.records}`);
  }

  /** What is wrong at the end: an export that is not whole, or a chain that does not reach what was signed once. */
  finish(): Fault | undefined {
    if (!this.#ended) return this.#cut("the export is not whole: its last line is missing");
    const beyond = this.#complete ? this.#held.find(({ number }) => number > this.#last) : undefined;
    return beyond && this.#cut(`the chain ends at record ${this.#last}, and ${beyond.number} was signed`);
  }

  verdict(fault: Fault | undefined): ExportVerdict {
    return {
      fault,
      tenant: this.#tenant,
      complete: this.#complete,
      records: this.#records,
      first: this.#first,
      last: this.#last,
      unsigned: this.#check === undefined ? this.#unproven : this.#last - this.#check.signedThrough,
    };
  }

  async #begin({ tenantId, complete, beginsAfter }: Json): Promise<Fault | undefined> {
    this.#tenant = tenantId;
    this.#complete = complete;
    if (!complete) return undefined;
    const begun = beginsAfter === "" ? undefined : await readCheckpoint(beginsAfter, this.#keys);
    this.#check = new ChainCheck(tenantId, begun);
    if (beginsAfter === "" || begun?.tenant === tenantId) return undefined;
    return {
      number: 1,
      kind: "signature",
      detail: "the checkpoint that the chain begins after is not signed by a known key",
    };
  }

  async #record({ record, proof }: Json): Promise<Fault | undefined> {
    const link = linkOf(record);
    const fault = this.#check === undefined ? await this.#proven(link, proof) : this.#check.link(link);
    if (fault !== undefined) return fault;
    const signed = this.#held.find(({ number }) => number === link.number);
    if (signed !== undefined && (signed.tenant !== this.#tenant || signed.hash !== link.hash)) {
      return {
        number: link.number,
        kind: "checkpoint",
        detail: `record ${link.number} is not the one that was signed`,
      };
    }
    this.#records++;
    if (this.#first === 0) this.#first = link.number;
    this.#last = link.number;
    return undefined;
  }

  async #proven(link: CheckedLink, proof: Json): Promise<Fault | undefined> {
    if (proof === undefined || proof === null) {
      this.#unproven++;
      return undefined;
    }
    const checkpoint = await readCheckpoint(proof.checkpoint, this.#keys);
    if (checkpoint !== undefined && checkpoint.tenant !== this.#tenant) {
      return { number: link.number, kind: "checkpoint", detail: `record ${link.number} is proven for another tenant` };
    }
    return checkInclusion(link, checkpoint, proof.path);
  }

  #cut(detail: string): Fault {
    return { number: this.#last + 1, kind: "truncated", detail };
  }
}

const linkOf = ({ number, sealedAt, content, contentHash, previousHash, hash }: Json): CheckedLink => ({
  number: Number(number),
  sealedAt: new Date(sealedAt),
  contentHash,
  previousHash,
  hash,
  // An event's content is never empty: hashes alone were asked for.
  ...(content !== "" && { content }),
});
