import { Recent } from "@muster/device-identity/recent";

const TENANTS = 200;
/** How many of a tenant's are held: this many, and at most as many again that were in use before. */
const RECENT = 25_000;

/** Numbers by name that were in use of late, of tenants that were in use of late. */
export class RecentNumbers {
  readonly #tenants = new Recent<Recent<number>>(TENANTS / 2);

  of(tenant: string): Recent<number> {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    const recent = new Recent<number>(RECENT);
    this.#tenants.set(tenant, recent);
    return recent;
  }
}
