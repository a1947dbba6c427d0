import type { EventData } from "@muster/contracts/event";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import { v7 as uuidv7 } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { insertOpenAction, removeOpenAction, takeAbandoned } from "../storage/open-actions.ts";
import type { GatewayTables } from "../storage/tables.ts";

type Taken = EventData<"muster.gateway.v1.ActionTaken">;

/** How a request ended. */
export type Ended = Pick<Taken, "status" | "code" | "after" | "alsoRefused">;

/** What is known of a request before it is carried out. */
export interface Asked extends Omit<Taken, keyof Ended | "allowed" | "takenAt"> {
  readonly tenant: string;
  readonly trace: TraceCarrier;
}

/** Longer than any request may take: what is open then was left by a gateway that ended. */
const ABANDONED_AFTER_MS = 120_000;
const SWEEP_EVERY_MS = 30_000;

/**
 * Tells the platform what people and programs did here, allowed or refused: one event each. What changes something is
 * written down before it is done, so that it is told even if this process ends in the midst of it.
 */
export class ActionLog {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #log: Logger;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, log: Logger, now: () => Date) {
    this.#database = database;
    this.#log = log;
    this.#now = now;
  }

  /** Writes down what is about to be done and returns its id. When that fails, it must not be done. */
  async begin(asked: Asked): Promise<string> {
    const [id, { tenant }, startedAt] = [uuidv7(), asked, this.#now()];
    try {
      await this.#database.tenant(tenant, (work) => insertOpenAction(work, { tenant, id, asked, startedAt }));
    } catch (cause) {
      throw unrecordable(cause);
    }
    return id;
  }

  /** Tells how a request ended. When that fails, what was begun is told later, as one whose end nobody knows. */
  async end(asked: Asked, ended: Ended, openId?: string): Promise<void> {
    try {
      await this.#tell(asked, ended, openId);
    } catch (error) {
      this.#log.error({ err: error, tenant: asked.tenant, action: asked.action, status: ended.status }, NOT_RECORDED);
    }
  }

  /** Tells what was done and can be taken back; fails when it cannot be told. */
  async endOrRefuse(asked: Asked, ended: Ended): Promise<void> {
    try {
      await this.#tell(asked, ended);
    } catch (cause) {
      throw unrecordable(cause);
    }
  }

  start(lifecycle: Lifecycle): void {
    const sweeping = setInterval(() => {
      this.tellAbandoned().catch((error: unknown) =>
        this.#log.warn({ err: error }, "open actions were not looked for"),
      );
    }, SWEEP_EVERY_MS);
    lifecycle.add("open actions", () => clearInterval(sweeping));
  }

  /** Tells of what was begun and never ended. */
  async tellAbandoned(): Promise<void> {
    const startedBefore = new Date(this.#now().getTime() - ABANDONED_AFTER_MS);
    await this.#database.system(async (work) => {
      for (const { asked, startedAt } of await takeAbandoned<Asked>(work, startedBefore)) {
        emit(work, asked, { status: 0, code: "api.outcome_unknown", after: undefined, alsoRefused: 0 }, startedAt);
      }
    });
  }

  #tell(asked: Asked, ended: Ended, openId?: string): Promise<void> {
    return this.#database.tenant(asked.tenant, async (work) => {
      if (openId !== undefined) await removeOpenAction(work, asked.tenant, openId);
      emit(work, asked, ended, this.#now());
    });
  }
}

const NOT_RECORDED = "the end of an action could not be recorded";

function emit(work: Work<GatewayTables>, { tenant, trace, ...asked }: Asked, ended: Ended, takenAt: Date): void {
  const allowed = ended.status !== 401 && ended.status !== 403 && ended.status !== 429;
  const data = { ...asked, ...ended, allowed, takenAt };
  work.emit({ type: "muster.gateway.v1.ActionTaken", tenant, data, actor: asked.actor, trace });
}

const unrecordable = (cause: unknown) =>
  refuse("api.unrecordable", "nothing was done, because it could not be recorded; try again", {
    cause,
    retryAfterSec: 1,
  });
