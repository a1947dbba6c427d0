import { EMPTY_CONFIG, type OsqueryConfig, type RenderedConfig, renderConfig } from "../domain/osquery-config.ts";

const MAX_AGE_MS = 30_000;

interface Held {
  readonly rendered: Promise<RenderedConfig>;
  readonly readAt: number;
}

/** The answer to hosts' config requests, from memory; a change is told by a message, and made good by age. */
export class HostConfigs {
  readonly #read: (tenant: string) => Promise<OsqueryConfig | undefined>;
  readonly #now: () => Date;
  readonly #held = new Map<string, Held>();

  constructor(read: (tenant: string) => Promise<OsqueryConfig | undefined>, now: () => Date) {
    this.#read = read;
    this.#now = now;
  }

  get(tenant: string): Promise<RenderedConfig> {
    const at = this.#now().getTime();
    const held = this.#held.get(tenant);
    if (held !== undefined && at - held.readAt < MAX_AGE_MS) return held.rendered;
    const rendered = this.#read(tenant).then((config) => renderConfig(config ?? EMPTY_CONFIG));
    this.#held.set(tenant, { rendered, readAt: at });
    rendered.catch(() => this.forget(tenant));
    return rendered;
  }

  forget(tenant: string): void {
    this.#held.delete(tenant);
  }
}
