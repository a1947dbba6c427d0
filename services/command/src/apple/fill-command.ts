import type { AppleDeviceServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { SecretServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/secret_service";
import type { AppleDesiredStateServiceServer } from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { Refusal } from "@muster/host/refusal";
import type { ClientOf } from "@muster/rpc/client";
import type { AppleBody } from "../domain/apple/apple-body.ts";
import { FILLINGS, type Filling } from "../domain/apple/filling.ts";
import { rawParameters, readRawCommand } from "../domain/apple/raw-command.ts";
import { SECRET_KINDS } from "../usecases/apple/secret-kinds.ts";
import type { Handed } from "../usecases/apple/serve-apple.ts";

type Escrow = ClientOf<AppleDeviceServiceServer>;

export interface FillDeps {
  readonly escrow: Pick<
    Escrow,
    "escrowSecret" | "issueReturnProfile" | "makeSecret" | "renderRenewalProfile" | "revealSecret"
  >;
  readonly secrets: Pick<ClientOf<SecretServiceServer>, "getEscrowCertificate">;
  readonly policy: Pick<ClientOf<AppleDesiredStateServiceServer>, "renderProfile">;
}

const TIMEOUT = { timeoutMs: 5_000 };

/** A command with all that it carries, or why it cannot be handed out. */
export type Filled = { readonly body: AppleBody } | { readonly reason: string };

const PASSING: ReadonlySet<Refusal["kind"]> = new Set(["unavailable", "too_many", "unauthenticated"]);

/**
 * Puts in what is fetched only when a command is delivered. When that service is away the device comes again; what the
 * service refuses to give ends the command.
 */
export const fillCommand =
  (deps: FillDeps) =>
  async (handed: Handed): Promise<Filled> => {
    try {
      return { body: await filled(handed, deps) };
    } catch (error) {
      if (!(error instanceof Refusal) || PASSING.has(error.kind)) throw error;
      return { reason: `${error.code}: ${error.message}`.slice(0, 500) };
    }
  };

async function filled(handed: Handed, deps: FillDeps): Promise<AppleBody> {
  const { body, command } = handed;
  let { parameters } = body;
  for (const [path, filling] of Object.entries(body.fill ?? {})) {
    const value = await valueFor(handed, path, filling, deps);
    if (value !== undefined) parameters = withValue(parameters, path.split("."), value);
  }
  if (body.profile !== undefined) {
    const { tenant, deviceId } = command;
    const { content } = await deps.policy.renderProfile(
      { deviceId, userId: command.apple?.userId ?? "", profileId: body.profile.id, revision: body.profile.revision },
      { tenant, actor: "command" },
      TIMEOUT,
    );
    parameters = { ...parameters, Payload: Buffer.from(content).toString("base64") };
  }
  return { ...body, parameters };
}

type Given = Readonly<Record<string, unknown>>;

const withValue = (given: Given, [key = "", ...rest]: readonly string[], value: string): Given => ({
  ...given,
  [key]: rest.length === 0 ? value : withValue((given[key] ?? {}) as Given, rest, value),
});

async function valueFor(
  { body, command }: Handed,
  path: string,
  filling: Filling,
  { escrow, secrets }: FillDeps,
): Promise<string | undefined> {
  const { deviceId, id: commandId, tenant } = command;
  const caller = { tenant, actor: "command" };
  const source = FILLINGS[filling];
  switch (source.from) {
    case "made": {
      // In escrow before the device has it: nobody must be locked out by an answer that got lost.
      const { secret } = await escrow.makeSecret(
        { deviceId, kind: SECRET_KINDS[source.kind], commandId },
        caller,
        TIMEOUT,
      );
      return secret?.value;
    }
    case "given": {
      const value = givenText(body, path);
      const kept = { deviceId, kind: SECRET_KINDS[source.kind], value, envelope: Buffer.alloc(0), commandId };
      await escrow.escrowSecret({ ...kept, unproven: true }, caller, TIMEOUT);
      return undefined;
    }
    case "escrow": {
      const provenOnly = "provenOnly" in source;
      const request = { deviceId, kind: SECRET_KINDS[source.kind], purpose: `command ${commandId}`, provenOnly };
      try {
        return (await escrow.revealSecret(request, caller, TIMEOUT)).secret?.value;
      } catch (error) {
        if ("optional" in source && error instanceof Refusal && error.kind === "not_found") return undefined;
        throw error;
      }
    }
    case "certificate":
      return Buffer.from((await secrets.getEscrowCertificate({}, caller, TIMEOUT)).certificate).toString("base64");
    case "return_profile":
      return Buffer.from((await escrow.issueReturnProfile({ deviceId }, caller, TIMEOUT)).profile).toString("base64");
    case "renewal_profile": {
      const { content } = await escrow.renderRenewalProfile({ deviceId, commandId }, caller, TIMEOUT);
      return Buffer.from(content).toString("base64");
    }
    default:
      return source satisfies never;
  }
}

const givenText = ({ parameters, rawPlist }: AppleBody, key: string): string =>
  String((rawPlist === undefined ? parameters : rawParameters(readRawCommand(rawPlist)))[key]);
