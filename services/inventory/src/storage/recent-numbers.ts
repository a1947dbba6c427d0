import { LRUCache } from "lru-cache";

const TENANTS = 200;
/** How many of a tenant's are held: this many, and at most as many again that were in use before. */
const RECENT = 25_000;

/** Numbers by name that were in use of late. What is asked for again stays; nothing is moved about at each look. */
class Recent {
  #now = new Map<string, number>();
  #before = new Map<string, number>();

  get(name: string): number | undefined {
    const number = this.#now.get(name);
    if (number !== undefined) return number;
    const older = this.#before.get(name);
    if (older !== undefined) this.set(name, older);
    return older;
  }

  set(name: string, number: number): void {
    if (this.#now.size >= RECENT) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(name, number);
  }
}

export class RecentNumbers {
  // Counted by size: with `max` its memory would be taken at once.
  readonly #tenants = new LRUCache<string, Recent>({ maxSize: TENANTS, sizeCalculation: () => 1 });

  of(tenant: string): Recent {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    const recent = new Recent();
    this.#tenants.set(tenant, recent);
    return recent;
  }
}
