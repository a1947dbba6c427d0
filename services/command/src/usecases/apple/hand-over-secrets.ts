import type { AppleDeviceServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { Logger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import type { ClientOf } from "@muster/rpc/client";
import type { AnsweredSecret } from "../../domain/apple/secret-answers.ts";
import { claimHandovers, deleteHandover, type Handover } from "../../storage/escrow-handovers.ts";
import type { Database } from "../ports.ts";
import { SECRET_KINDS } from "./secret-kinds.ts";

export interface HandOverDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
  readonly openSecret: (tenant: string, id: string, sealed: Buffer) => AnsweredSecret;
  readonly escrow: Pick<ClientOf<AppleDeviceServiceServer>, "escrowSecret">;
}

const AT_ONCE = 50;
const LONGEST_PAUSE_MS = 300_000;

/**
 * Hands the secrets in answers over to the escrow and forgets each once it was taken. The escrow takes a command's secret
 * once, however often it is given, so that a process may end at any point.
 */
export const handOverSecrets = (deps: HandOverDeps) => async (): Promise<void> => {
  const { database, now } = deps;
  for (;;) {
    const due = await database.system((work) => claimHandovers(work.sql, now(), LONGEST_PAUSE_MS, AT_ONCE));
    const settled = await Promise.all(due.map((handover) => handOver(handover, deps)));
    const done = due.filter((_handover, index) => settled[index] === true);
    for (const handover of done) await database.system((work) => deleteHandover(work.sql, handover));
    // What follows one that was taken is due only now.
    if (done.length === 0) return;
  }
};

/** @returns whether the secret was taken, or never will be. */
async function handOver(handover: Handover, { escrow, log, openSecret }: HandOverDeps): Promise<boolean> {
  const { commandId, deviceId, id, kind, sealed, tenant } = handover;
  const { form, unproven, value } = openSecret(tenant, id, sealed);
  const enveloped = form === "envelope";
  try {
    await escrow.escrowSecret(
      {
        deviceId,
        kind: SECRET_KINDS[kind],
        value: enveloped ? "" : value,
        envelope: enveloped ? Buffer.from(value, "base64") : Buffer.alloc(0),
        commandId,
        unproven,
      },
      { tenant, actor: `device:${deviceId}` },
    );
    return true;
  } catch (error) {
    const never = error instanceof Refusal && error.kind === "invalid";
    const code = error instanceof Refusal ? error.code : "";
    if (never) log.warn({ code, tenant, deviceId, commandId, kind }, "secret was refused by the escrow");
    else log.info({ err: error, tenant, deviceId, commandId, kind }, "secret waits for the escrow");
    return never;
  }
}
