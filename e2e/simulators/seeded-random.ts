import { createHash } from "node:crypto";

const SERIAL_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789".split("");

/** Chance that repeats: the same seed gives the same values on every machine (sfc32 over a SHA-256 seed). */
export class SeededRandom {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #count: number;

  constructor(seed: string) {
    const digest = createHash("sha256").update(seed).digest();
    this.#seed = seed;
    this.#a = digest.readUInt32LE(0) | 0;
    this.#b = digest.readUInt32LE(4) | 0;
    this.#c = digest.readUInt32LE(8) | 0;
    this.#count = digest.readUInt32LE(12) | 0;
  }

  /** A stream of its own for one purpose, so that a new draw in one place leaves the others as they were. */
  fork(label: string | number): SeededRandom {
    return new SeededRandom(`${this.#seed}/${label}`);
  }

  /** At least 0, below 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.int(0, from.length - 1)];
    if (found === undefined) throw new RangeError("cannot pick from an empty list");
    return found;
  }

  /** `count` different members, in random order; all of them when there are fewer. */
  some<T>(from: readonly T[], count: number): T[] {
    const pool = [...from];
    const taken: T[] = [];
    while (taken.length < count && pool.length > 0) {
      const [member] = pool.splice(this.int(0, pool.length - 1), 1);
      taken.push(member as T);
    }
    return taken;
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.int(0, 15).toString(16)).join("");
  }

  /** Letters and digits without those that are easily confused, as vendors print serial numbers. */
  serial(length: number): string {
    return Array.from({ length }, () => this.pick(SERIAL_LETTERS)).join("");
  }

  uuid(): string {
    const variant = this.pick(["8", "9", "a", "b"]);
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }
}
