import { randomInt } from "node:crypto";
import { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type { AppleDeviceServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { AppleDesiredStateServiceServer } from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { Refusal } from "@muster/host/refusal";
import type { ClientOf } from "@muster/rpc/client";
import type { AppleBody, FilledSecret } from "../domain/apple/apple-body.ts";
import type { Handed } from "../usecases/apple/serve-apple.ts";

export interface FillDeps {
  readonly escrow: Pick<ClientOf<AppleDeviceServiceServer>, "escrowSecret" | "revealSecret" | "renderRenewalProfile">;
  readonly policy: Pick<ClientOf<AppleDesiredStateServiceServer>, "renderProfile">;
}

const TIMEOUT = { timeoutMs: 5_000 };

/** A command with all that it carries, or why it cannot be handed out. */
export type Filled = { readonly body: AppleBody } | { readonly reason: string };

/**
 * Puts in what is fetched only when a command is delivered. When that service is away the device comes again; what the
 * service refuses to give ends the command.
 */
export const fillCommand =
  (deps: FillDeps) =>
  async (handed: Handed): Promise<Filled> => {
    try {
      return { body: await fill(handed, deps) };
    } catch (error) {
      if (!(error instanceof Refusal) || PASSING.has(error.kind)) throw error;
      return { reason: `${error.code}: ${error.message}`.slice(0, 500) };
    }
  };

const PASSING: ReadonlySet<Refusal["kind"]> = new Set(["unavailable", "too_many", "unauthenticated"]);

async function fill(handed: Handed, deps: FillDeps): Promise<AppleBody> {
  const { body, command } = handed;
  if (body.fill === undefined && body.profile === undefined) return body;
  const parameters = { ...body.parameters };
  for (const [key, secret] of Object.entries(body.fill ?? {})) parameters[key] = await secretFor(handed, secret, deps);
  if (body.profile !== undefined) {
    const { tenant, deviceId } = command;
    const { content } = await deps.policy.renderProfile(
      { deviceId, userId: command.apple?.userId ?? "", profileId: body.profile.id, revision: body.profile.revision },
      { tenant, actor: "command" },
      TIMEOUT,
    );
    parameters["Payload"] = Buffer.from(content).toString("base64");
  }
  return { ...body, parameters };
}

async function secretFor({ command }: Handed, secret: FilledSecret, { escrow }: FillDeps): Promise<string> {
  const { deviceId, deliveries, id, tenant } = command;
  const caller = { tenant, actor: "command" };
  if (secret === "renewal_profile") {
    const { content } = await escrow.renderRenewalProfile({ deviceId, commandId: id }, caller, TIMEOUT);
    return Buffer.from(content).toString("base64");
  }
  if (secret === "lock_pin" && deliveries === 1) {
    // In escrow before the device has it: nobody must be locked out by an answer that got lost.
    const value = String(randomInt(1_000_000)).padStart(6, "0");
    await escrow.escrowSecret({ deviceId, kind: SecretKind.SECRET_KIND_LOCK_PIN, value }, caller, TIMEOUT);
    return value;
  }
  const kind = secret === "lock_pin" ? SecretKind.SECRET_KIND_LOCK_PIN : SecretKind.SECRET_KIND_UNLOCK_TOKEN;
  const { secret: found } = await escrow.revealSecret({ deviceId, kind, purpose: `command ${id}` }, caller, TIMEOUT);
  return found?.value ?? "";
}
