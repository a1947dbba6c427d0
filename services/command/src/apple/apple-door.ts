import { toJson } from "@muster/apple-protocol/mdm/json";
import { MdmMessageError } from "@muster/apple-protocol/mdm/mdm-message-error";
import { type Report, readReport } from "@muster/apple-protocol/mdm/report";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { type AccountTokenVerifier, signInAnewUrl, signInChallenge } from "@muster/device-identity/account-token";
import type { AppleIdentity, AppleVerifier } from "@muster/device-identity/apple-identity";
import type { HttpDoor } from "@muster/host/http-door";
import type { TrustedIngress } from "@muster/host/ingress";
import { traced } from "@muster/host/request-span";
import { currentTrace } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AppleReport } from "../domain/apple/apple-report.ts";
import { refuse } from "../domain/refusals.ts";
import type { AppleVisit, Handed, VisitOutcome } from "../usecases/apple/serve-apple.ts";
import { commandPlist } from "./command-plist.ts";
import type { Filled } from "./fill-command.ts";

export interface AppleDoorDeps {
  readonly ingress: TrustedIngress;
  readonly verifier: AppleVerifier;
  readonly accountTokens: AccountTokenVerifier;
  /** The public origin of the device doors. */
  readonly origin: string;
  readonly visit: (visit: AppleVisit) => Promise<VisitOutcome>;
  /** Puts in what is fetched only when a command is delivered: secrets in escrow, filled profiles. */
  readonly fill: (handed: Handed) => Promise<Filled>;
  readonly now: () => Date;
}

/** A list of every application on a Mac, with all there is to say of each, takes a few megabytes. */
const BODY_LIMIT = 8 * 1024 * 1024;

/**
 * Apple's command channel (ServerURL). Devices send PUT and name a content type; simulators and old devices do neither.
 * The answer is never 401, unless somebody has to sign in with the account that led the device here: older systems take
 * it for the end of their enrollment.
 */
export async function openAppleDoor(door: HttpDoor, deps: AppleDoorDeps): Promise<void> {
  const connect = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const identity = identify(request, body, deps);
    const report = readBody(body);
    const { sender } = report;
    const next = await nextFor(deps, {
      tenant: identity.tenant,
      enrollmentId: identity.enrollmentId,
      hardwareId: sender.hardwareId,
      userId: sender.userId,
      report: reportOf(report),
      grant: deps.accountTokens.inHeader(request.headers.authorization, deps.now()),
      trace: currentTrace(),
    });
    if (next === "sign_in") {
      const challenge = signInChallenge(signInAnewUrl(deps.origin, identity));
      return reply.code(401).header("www-authenticate", challenge).send();
    }
    if (next === undefined) return reply.code(200).send();
    return reply.code(200).header("content-type", "application/xml; charset=UTF-8").send(next);
  };

  await door.register(async (apple) => {
    apple.removeAllContentTypeParsers();
    apple.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    );
    for (const method of ["PUT", "POST"] as const) {
      apple.route({ method, url: "/apple/connect", bodyLimit: BODY_LIMIT, handler: traced(connect) });
    }
  });
}

/** The next command of the device as it reads it; one that cannot be written ends, and the one after it is next. */
async function nextFor(deps: AppleDoorDeps, visit: AppleVisit): Promise<Buffer | "sign_in" | undefined> {
  const outcome = await deps.visit(visit);
  if (outcome.kind === "sign_in") return "sign_in";
  if (outcome.kind !== "served")
    throw refuse("apple.not_enrolled", "the certificate is not of a device that is managed");
  const { handed } = outcome;
  if (handed === undefined) return undefined;
  const written = await plistOf(handed, deps);
  if (!("reason" in written)) return written;
  const report: AppleReport = {
    commandId: handed.command.id,
    status: "Error",
    response: {},
    errors: [],
    notHandedOut: written.reason,
  };
  return nextFor(deps, { ...visit, report });
}

/** A command with all that it carries, or why it cannot have that. */
async function plistOf(
  handed: Handed,
  { fill }: Pick<AppleDoorDeps, "fill">,
): Promise<Buffer | { readonly reason: string }> {
  const filled = await fill(handed);
  if (!("body" in filled)) return filled;
  const { apple, id } = handed.command;
  return (
    commandPlist(id, apple?.requestType ?? "", filled.body) ?? { reason: "a property list cannot carry what it holds" }
  );
}

function identify({ headers }: FastifyRequest, body: Buffer, { ingress, now, verifier }: AppleDoorDeps): AppleIdentity {
  const certificate = ingress.clientCertificate(headers);
  const identity = verifier.believe(headers["mdm-signature"], certificate, body, now());
  if (typeof identity === "string")
    throw refuse("apple.not_believed", `the device did not prove who it is (${identity})`);
  return identity;
}

function readBody(body: Buffer): Report {
  try {
    return readReport(readPlist(body));
  } catch (error) {
    if (!(error instanceof PlistError) && !(error instanceof MdmMessageError)) throw error;
    throw refuse("apple.bad_body", `the body is no report of a device: ${error.message}`, { cause: error });
  }
}

function reportOf(report: Report): AppleReport | undefined {
  if (report.status === "Idle") return undefined;
  const { commandUuid, errorChain, response, status } = report;
  return {
    commandId: commandUuid,
    status,
    response: toJson(response) as Readonly<Record<string, unknown>>,
    errors: errorChain,
  };
}
