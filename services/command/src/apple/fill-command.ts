import { randomInt } from "node:crypto";
import { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type { AppleDeviceServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { AppleDesiredStateServiceServer } from "@muster/contracts/gen/muster/policy/v1/apple_service";
import type { ClientOf } from "@muster/rpc/client";
import type { AppleBody, FilledSecret } from "../domain/apple/apple-body.ts";
import type { Handed } from "../usecases/apple/serve-apple.ts";

export interface FillDeps {
  readonly escrow: Pick<ClientOf<AppleDeviceServiceServer>, "escrowSecret" | "revealSecret" | "renderRenewalProfile">;
  readonly policy: Pick<ClientOf<AppleDesiredStateServiceServer>, "renderProfile">;
}

const TIMEOUT = { timeoutMs: 5_000 };

/** Puts in what is fetched only when a command is delivered. What cannot be had now is had when the device comes again. */
export const fillCommand =
  (deps: FillDeps) =>
  async (handed: Handed): Promise<AppleBody> => {
    const { body, command } = handed;
    if (body.fill === undefined && body.profile === undefined) return body;
    const parameters = { ...body.parameters };
    for (const [key, secret] of Object.entries(body.fill ?? {}))
      parameters[key] = await secretFor(handed, secret, deps);
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
  };

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
