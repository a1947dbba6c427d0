import { LRUCache } from "lru-cache";
import type { AppleBody } from "../../domain/apple/apple-body.ts";
import type { Command } from "../../domain/command.ts";
import { findAppleBodies } from "../../storage/apple-commands.ts";
import type { CommandWork } from "../ports.ts";

export type OpenBody = (tenant: string, bodyId: string, sealed: Buffer) => AppleBody;

const KEPT_BYTES = 16 * 1024 * 1024;
/** What is larger is read for each batch anew. */
const LARGEST_KEPT = 512 * 1024;
/** What a short one takes beside its bytes, about. */
const ENTRY_BYTES = 500;

interface BodyKey {
  readonly tenant: string;
  readonly id: string;
}

const nameOf = ({ id, tenant }: BodyKey): string => `${tenant}/${id}`;

/**
 * Reads what commands carry. What many devices were asked at once is one body, which never changes: it is kept here, sealed as it
 * stands in the table, so that the devices that come for it batch after batch cost no look-up each time.
 */
export class BodyReader {
  readonly #open: OpenBody;
  readonly #sealed = new LRUCache<string, Buffer>({
    maxSize: KEPT_BYTES,
    maxEntrySize: LARGEST_KEPT,
    sizeCalculation: ({ length }) => length + ENTRY_BYTES,
  });

  constructor(open: OpenBody) {
    this.#open = open;
  }

  /** What these commands carry, opened, by the id of the command. */
  async bodiesOf(work: CommandWork, commands: readonly Command[]): Promise<Map<string, AppleBody>> {
    const keys = new Map(
      commands.flatMap(({ apple, tenant }) => {
        if (apple?.bodyId === undefined) return [];
        const key = { tenant, id: apple.bodyId };
        return [[nameOf(key), key] as const];
      }),
    );
    const sealed = await this.#read(work, keys);
    const opened = new Map(
      [...keys].flatMap(([name, { id, tenant }]) => {
        const bytes = sealed.get(name);
        return bytes === undefined ? [] : [[name, this.#open(tenant, id, bytes)] as const];
      }),
    );
    return new Map(
      commands.map(({ apple, id, tenant }) => [id, opened.get(`${tenant}/${apple?.bodyId}`) ?? { parameters: {} }]),
    );
  }

  async #read(work: CommandWork, keys: ReadonlyMap<string, BodyKey>): Promise<ReadonlyMap<string, Buffer>> {
    const sealed = new Map<string, Buffer>();
    const missing: BodyKey[] = [];
    for (const [name, key] of keys) {
      const kept = this.#sealed.get(name);
      if (kept === undefined) missing.push(key);
      else sealed.set(name, kept);
    }
    for (const found of await findAppleBodies(work.sql, missing)) {
      sealed.set(nameOf(found), found.sealed);
      this.#sealed.set(nameOf(found), found.sealed);
    }
    return sealed;
  }
}
