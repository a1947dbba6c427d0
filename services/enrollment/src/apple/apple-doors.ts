import { readCheckin } from "@muster/apple-protocol/mdm/checkin";
import { unrecognizedDevice } from "@muster/apple-protocol/mdm/error-documents";
import { MdmMessageError } from "@muster/apple-protocol/mdm/mdm-message-error";
import { PROFILE_TYPE } from "@muster/apple-protocol/mdm/profile";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { type Writable, writePlist } from "@muster/apple-protocol/plist/write-plist";
import { signInAnewUrl, signInChallenge } from "@muster/device-identity/account-token";
import type { AppleIdentity } from "@muster/device-identity/apple-identity";
import type { HttpDoor } from "@muster/host/http-door";
import type { TrustedIngress } from "@muster/host/ingress";
import { type Handler, traced } from "@muster/host/request-span";
import type { FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../domain/refusals.ts";
import type { AppleVisit, CheckinOutcome } from "../usecases/apple/apple-visit.ts";
import type { TokenWay } from "../usecases/apple/hand-out-profile.ts";
import type { HandedProfile } from "../usecases/apple/new-enrollment.ts";
import type { WayBack } from "../usecases/apple/return-to-service.ts";
import type { ReportRefusal } from "../usecases/report-refusal.ts";
import { type AccountDoorsDeps, accountDoors } from "./account-doors.ts";
import { type AutomatedDoorDeps, answerAutomated } from "./automated-door.ts";
import type { DeclarationAnswer, DeclaredContent } from "./declarations.ts";
import { enrollmentProfile, overTheAirProfile } from "./enrollment-profile.ts";
import { type OverTheAirDoorDeps, phaseProfile } from "./over-the-air-door.ts";
import { bodyOf } from "./request-body.ts";
import { answerScep, type ScepDeps } from "./scep-door.ts";
import { signedProfile } from "./signed-profile.ts";

export interface AppleDoorsDeps extends ScepDeps, OverTheAirDoorDeps, AutomatedDoorDeps, AccountDoorsDeps {
  readonly ingress: TrustedIngress;
  readonly handOutProfile: (token: string, way?: TokenWay) => Promise<HandedProfile>;
  readonly askDeclarations: (tenant: string, asked: AskedDeclarations) => Promise<DeclarationAnswer>;
  /** What a device's declarations refer to; nothing when they do not. */
  readonly fetchContent: (
    identity: Pick<AppleIdentity, "tenant" | "enrollmentId">,
    sha256: string,
  ) => Promise<DeclaredContent | undefined>;
  readonly checkIn: (visit: AppleVisit) => Promise<CheckinOutcome>;
  readonly reportRefusal: ReportRefusal;
}

const BODY_LIMIT = 256 * 1024;

/** What Apple devices knock at before they take commands: the enrollment profile, SCEP, and check-in. */
export async function openAppleDoors(door: HttpDoor, deps: AppleDoorsDeps): Promise<void> {
  const sendProfile = (reply: FastifyReply, content: Buffer) =>
    reply
      .header("content-type", PROFILE_TYPE)
      .header("cache-control", "no-store")
      .send(signedProfile(deps.authority, content, deps.now()));

  const tokenOf = ({ params }: FastifyRequest): string => (params as { token?: string }).token ?? "";

  const profile: Handler = async (request, reply) =>
    sendProfile(reply, enrollmentProfile(await deps.handOutProfile(tokenOf(request)), deps.settings));

  const overTheAir: Handler = async (request, reply) => {
    const handed = await deps.handOutProfile(tokenOf(request), { kind: "over_the_air", challengeUse: "phase" });
    return sendProfile(reply, overTheAirProfile(handed, deps.settings));
  };

  const phase: Handler = async (request, reply) => sendProfile(reply, await phaseProfile(bodyOf(request), deps));

  const automated: Handler = async (request, reply) => {
    const header = request.headers["x-apple-aspen-deviceinfo"];
    const signed = typeof header === "string" ? Buffer.from(header, "base64") : bodyOf(request);
    const remoteAddress = deps.ingress.remoteAddress(request.headers, request.socket.remoteAddress);
    const answered = await answerAutomated({ door: tokenOf(request), signed, remoteAddress }, deps);
    if ("profile" in answered) return sendProfile(reply, answered.profile);
    const { body, contentType, status } = answered.document;
    return reply.code(status).header("content-type", contentType).send(body);
  };

  const scep: Handler = async (request, reply) => {
    const { message = "", operation = "PKIOperation" } = request.query as { message?: string; operation?: string };
    const body = request.method === "POST" ? bodyOf(request) : undefined;
    const answer = await answerScep(deps, { operation, query: message, body });
    // Some clients compare the whole header: it names the type and nothing else.
    return reply.header("content-type", answer.type).send(Buffer.from(answer.body));
  };

  const checkIn: Handler = async (request, reply) => {
    const body = bodyOf(request);
    const { certificateSerial, enrollmentId, notAfter, tenant } = identify(request, body, deps);
    const checkin = readBody(body);
    const outcome = await deps.checkIn({
      tenant,
      enrollmentId,
      certificateSerial,
      certificateNotAfter: notAfter,
      grant: deps.accountTokens.verifier.inHeader(request.headers.authorization, deps.now()),
      checkin,
    });
    if (outcome.kind === "declarations") return answerDeclarations(reply, await deps.askDeclarations(tenant, outcome));
    if (outcome.kind === "sign_in") {
      const url = signInAnewUrl(deps.settings.origin, { tenant, enrollmentId });
      return reply.code(401).header("www-authenticate", signInChallenge(url)).send();
    }
    if (outcome.kind === "refused")
      await deps.reportRefusal(
        {
          method: "apple",
          code: "apple.not_its_enrollment",
          remoteAddress: deps.ingress.remoteAddress(request.headers, request.socket.remoteAddress),
          hostname: "",
          at: deps.now(),
        },
        { tenant },
      );
    return answer(reply, outcome, checkin.type);
  };

  const content: Handler = async (request, reply) => {
    const { sha256 = "" } = request.params as { sha256?: string };
    const found = await deps.fetchContent(identify(request, Buffer.alloc(0), deps), sha256);
    if (found === undefined) return reply.code(404).send();
    return reply
      .header("content-type", found.contentType)
      .header("cache-control", "no-store")
      .send(Buffer.from(found.content));
  };
  const addAccountDoors = accountDoors(deps, sendProfile);

  await door.register(async (apple) => {
    apple.removeAllContentTypeParsers();
    apple.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    apple.get("/apple/enroll/:token", traced(profile));
    apple.get("/apple/ota/:token", traced(overTheAir));
    apple.post("/apple/ota/phase", { bodyLimit: BODY_LIMIT }, traced(phase));
    apple.get("/apple/declarations/content/:sha256", traced(content));
    addAccountDoors(apple, traced);
    for (const method of ["GET", "POST"] as const)
      apple.route({ method, url: "/apple/ade/:token", bodyLimit: BODY_LIMIT, handler: traced(automated) });
    for (const method of ["GET", "POST"] as const)
      apple.route({ method, url: "/apple/scep", bodyLimit: BODY_LIMIT, handler: traced(scep) });
    for (const method of ["PUT", "POST"] as const)
      apple.route({ method, url: "/apple/checkin", bodyLimit: BODY_LIMIT, handler: traced(checkIn) });
  });
}

type AskedDeclarations = CheckinOutcome & { readonly kind: "declarations" };

const answerDeclarations = (reply: FastifyReply, { body, status }: DeclarationAnswer): FastifyReply =>
  body.length === 0
    ? reply.code(status).send()
    : reply.code(status).header("content-type", "application/json").send(Buffer.from(body));

const sendPlist = (reply: FastifyReply, answer: Writable): FastifyReply =>
  reply.header("content-type", "application/xml").send(writePlist(answer));

function answer(
  reply: FastifyReply,
  outcome: Exclude<CheckinOutcome, AskedDeclarations | { readonly kind: "sign_in" }>,
  type: string,
): FastifyReply {
  switch (outcome.kind) {
    case "done":
      return reply.code(200).send();
    case "bootstrap_token":
      if (outcome.token === undefined) return reply.code(200).send();
      return sendPlist(reply, { BootstrapToken: outcome.token });
    case "service_token":
      return sendPlist(reply, { TokenData: outcome.token });
    case "no_digest":
      return sendPlist(reply, { DigestChallenge: "" });
    case "return":
      return sendPlist(reply, { ReturnToService: returnAnswer(outcome.wayBack) });
    case "ended": {
      const { body, contentType, status } = unrecognizedDevice("this enrollment has ended");
      return reply.code(status).header("content-type", contentType).send(body);
    }
    case "refused":
      return reply.code(403).send();
    case "not_answered":
      // A directory's user is not managed in this session; everything else is a message we do not answer.
      return reply.code(type === "UserAuthenticate" ? 410 : 400).send();
    default:
      return outcome satisfies never;
  }
}

function returnAnswer(wayBack: WayBack | undefined): Writable {
  if (wayBack === undefined) return { Enabled: false };
  const { bootstrapToken, network } = wayBack;
  return {
    Enabled: true,
    ...(network !== undefined && { WiFiProfileData: network }),
    ...(bootstrapToken !== undefined && { BootstrapToken: bootstrapToken }),
  };
}

function identify(
  { headers }: FastifyRequest,
  body: Buffer,
  { ingress, now, verifier }: AppleDoorsDeps,
): AppleIdentity {
  const certificate = ingress.clientCertificate(headers);
  const identity = verifier.believe(headers["mdm-signature"], certificate, body, now());
  // Never 401, unless somebody has to sign in: older systems take that for the end of their enrollment.
  if (typeof identity === "string")
    throw refuse("apple.not_believed", `the device did not prove who it is (${identity})`);
  return identity;
}

function readBody(body: Buffer) {
  try {
    return readCheckin(readPlist(body));
  } catch (error) {
    if (!(error instanceof PlistError) && !(error instanceof MdmMessageError)) throw error;
    throw refuse("apple.bad_body", `the body is no check-in: ${error.message}`, { cause: error });
  }
}
