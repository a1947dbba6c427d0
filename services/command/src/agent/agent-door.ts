import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { HttpDoor } from "@muster/host/http-door";
import type { TrustedIngress } from "@muster/host/ingress";
import { traced } from "@muster/host/request-span";
import { currentTrace } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HeldChannels } from "../channel/held-channels.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import type { DeviceReport } from "../domain/hear.ts";
import { refuse } from "../domain/refusals.ts";
import { type RawReport, readReport } from "../domain/report.ts";
import type { CheckIn, CheckinOutcome } from "../usecases/hand-out.ts";
import type { OwnerLink } from "../usecases/owner-links.ts";
import type { Delivery, ResultsOutcome } from "../usecases/take-results.ts";
import { agentOf, reenroll } from "./agent-identity.ts";
import { holdStream } from "./agent-stream.ts";
import type { KeyAnnouncement } from "./announce-keys.ts";
import type { CommandSigner } from "./sign-command.ts";

export interface AgentDoorDeps {
  readonly ingress: TrustedIngress;
  readonly channels: HeldChannels;
  readonly sign: CommandSigner;
  readonly keys: KeyAnnouncement;
  readonly isCurrent: (identity: DeviceIdentity) => Promise<boolean>;
  readonly checkIn: (checkIn: CheckIn) => Promise<CheckinOutcome>;
  readonly takeResults: (delivery: Delivery) => Promise<ResultsOutcome>;
  readonly makeOwnerLink: (device: DeviceKey) => Promise<OwnerLink>;
  readonly now: () => Date;
}

/** With a stream, check-ins are only the safety net; the agent spreads them by a tenth. */
const NEXT_CHECKIN_SEC = 60;
const MAX_RESULTS = 1_000;

/** An agent sends up to 4 Mi characters of output in one batch, and JSON may take six bytes for one. */
const RESULTS_BODY_LIMIT = 26 * 1024 * 1024;

/** The door of Muster's own agents: a stream that wakes them, check-in for their commands, their results, and links for owners. */
export function openAgentDoor(door: HttpDoor, deps: AgentDoorDeps): void {
  const { ingress, channels, sign, now } = deps;
  // Before the body is read: a stranger's is not.
  const onRequest = async (request: FastifyRequest) => void agentOf(ingress, request);

  const stream = async (request: FastifyRequest, reply: FastifyReply) => {
    const identity = agentOf(ingress, request);
    if (!(await deps.isCurrent(identity))) throw reenroll("the certificate is no longer good");
    if (!channels.hasRoomFor(identity)) {
      throw refuse("agent.too_many_streams", "this replica holds as many streams as it may; poll and try again", {
        retryAfterSec: 30,
      });
    }
    holdStream(reply, identity, channels);
    return reply;
  };

  const checkIn = async (request: FastifyRequest) => {
    const outcome = await deps.checkIn({ identity: agentOf(ingress, request), trace: currentTrace() });
    if (outcome.refused) throw reenroll("the certificate is no longer good");
    const commands = await Promise.all(outcome.commands.map(sign));
    const held = (request.body as { readonly commandKeys?: unknown } | null)?.commandKeys;
    const news = typeof held === "string" && held !== deps.keys.digest ? { commandKeys: deps.keys.jws } : {};
    return { serverTime: now().toISOString(), ...news, commands, nextSec: NEXT_CHECKIN_SEC };
  };

  const takeResults = async (request: FastifyRequest) => {
    const reports = readReports(request.body);
    const identity = agentOf(ingress, request);
    const outcome = await deps.takeResults({ identity, reports, trace: currentTrace() });
    if (outcome.refused) throw reenroll("the certificate is no longer good");
    return { accepted: reports.map(({ commandId }) => commandId) };
  };

  const ownerLink = async (request: FastifyRequest) => {
    const identity = agentOf(ingress, request);
    if (!(await deps.isCurrent(identity))) throw reenroll("the certificate is no longer good");
    return deps.makeOwnerLink(identity);
  };

  door.get("/agent/v1/stream", traced(stream));
  door.post("/agent/v1/checkin", { onRequest }, traced(checkIn));
  door.post("/agent/v1/my-device", { onRequest }, traced(ownerLink));
  door.post("/agent/v1/results", { onRequest, bodyLimit: RESULTS_BODY_LIMIT }, traced(takeResults));
}

function readReports(body: unknown): DeviceReport[] {
  const results: unknown = (body as { results?: unknown } | null)?.results;
  if (!Array.isArray(results) || results.length > MAX_RESULTS) {
    throw refuse("agent.bad_body", `the body is {"results": […]} with at most ${MAX_RESULTS} results`);
  }
  return results.map((raw: unknown) => {
    const report = raw as (RawReport & { commandId?: unknown }) | null;
    if (typeof report?.commandId !== "string") throw refuse("agent.bad_body", "each result names its commandId");
    return { commandId: report.commandId, report: readReport(report) };
  });
}
