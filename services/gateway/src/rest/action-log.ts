import type { Logger } from "@muster/host/logging";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { GatewayTables } from "../storage/tables.ts";

export interface Action {
  readonly tenant: string;
  readonly actor: string;
  readonly role: string;
  /** The right it needed. */
  readonly action: string;
  /** The method's full name. */
  readonly method: string;
  readonly status: number;
  /** The stable code of a refusal or failure; empty on success. */
  readonly code: string;
  readonly path: string;
  readonly remoteAddress: string;
  readonly idempotencyKey: string;
  readonly trace: TraceCarrier;
}

/** Tells the platform what people and programs did here, allowed or refused: one event each. */
export class ActionLog {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #log: Logger;

  constructor(database: ServiceDatabase<GatewayTables>, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** Never fails: what was done cannot be undone by not being written down; the log then holds it. */
  async record({ tenant, trace, ...action }: Action): Promise<void> {
    const allowed = action.status !== 401 && action.status !== 403 && action.status !== 429;
    const data = { ...action, allowed, takenAt: new Date() };
    try {
      await this.#database.tenant(tenant, async (work) => {
        work.emit({ type: "muster.gateway.v1.ActionTaken", data, actor: action.actor, trace });
      });
    } catch (error) {
      this.#log.error({ err: error, tenant, taken: data }, "action could not be recorded");
    }
  }
}
