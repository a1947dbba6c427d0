import type { JsonObject } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import type { ActionLog, Asked } from "./action-log.ts";
import type { Admission } from "./admission.ts";
import { askedAction } from "./asked-action.ts";
import type { RefusalTally } from "./refusal-tally.ts";
import { nameOf, type ReadBefore } from "./resource-before.ts";

export interface RecordParts {
  readonly actions: ActionLog;
  readonly admission: Admission;
  readonly refusals: RefusalTally;
  readonly now: () => Date;
}

interface Recording {
  readonly asked: Asked;
  readonly openId: string;
  after: JsonObject | undefined;
}

/** Who asks, and in which trace, as far as it is known. */
export interface Visit {
  readonly principal: Principal | undefined;
  readonly trace: TraceCarrier;
  readonly traceId: string;
}

/** Records the requests of one route that would change something. */
export class RouteRecord {
  readonly #parts: RecordParts;
  readonly #route: RestRoute;
  readonly #method: string;
  readonly #readBefore: ReadBefore;
  readonly #open = new WeakMap<FastifyRequest, Recording>();

  constructor(parts: RecordParts, route: RestRoute, readBefore: ReadBefore) {
    this.#parts = parts;
    this.#route = route;
    this.#method = `${route.rpc.parent.typeName}/${route.rpc.name}`;
    this.#readBefore = readBefore;
  }

  /** Writes down what is about to be done, and to what; the work may then begin. */
  async begin(request: FastifyRequest, reply: FastifyReply, visit: Visit & { principal: Principal }): Promise<void> {
    const { id, name, json } = await this.#readBefore(request.params as Record<string, string>, visit.principal);
    const asked = { ...this.#asked(request, reply, visit), resourceId: id, resourceName: name, before: json };
    this.#open.set(request, { asked, openId: await this.#parts.actions.begin(asked), after: undefined });
  }

  /** Notes the answer of a request that was begun. */
  answered(request: FastifyRequest, after: JsonObject): void {
    const recording = this.#open.get(request);
    if (recording !== undefined) recording.after = after;
  }

  /** Tells how a request ended, whichever part answered it. */
  async end(request: FastifyRequest, reply: FastifyReply, visit: Visit, payload: unknown): Promise<void> {
    const { actions, admission, refusals, now } = this.#parts;
    const status = reply.statusCode;
    const code = status < 400 ? "" : codeOf(payload);
    const recording = this.#open.get(request);
    if (recording !== undefined) {
      const { asked, openId, after } = recording;
      return actions.end(named(asked, after), { status, code, after, alsoRefused: 0 }, openId);
    }
    const isRefusedAtTheDoor = status === 401 || status === 403 || status === 429;
    const who = visit.principal?.id ?? admission.remoteAddress(request);
    const passedOver = isRefusedAtTheDoor ? refusals.take(`${who} ${code}`, now()) : 0;
    if (passedOver === undefined) return;
    await actions.end(this.#asked(request, reply, visit), { status, code, after: undefined, alsoRefused: passedOver });
  }

  #asked(request: FastifyRequest, reply: FastifyReply, visit: Visit): Asked {
    const { action } = this.#route;
    const { admission } = this.#parts;
    return askedAction({ request, reply, ...visit, admission, action, method: this.#method });
  }
}

/** What was made has its id and name from the answer. */
function named(asked: Asked, after: JsonObject | undefined): Asked {
  if (asked.resourceId !== "" || after === undefined) return asked;
  const { id } = after;
  return { ...asked, resourceId: typeof id === "string" ? id : "", resourceName: asked.resourceName || nameOf(after) };
}

function codeOf(payload: unknown): string {
  if (typeof payload !== "string") return "";
  const { code } = JSON.parse(payload) as { code?: unknown };
  return typeof code === "string" ? code : "";
}
