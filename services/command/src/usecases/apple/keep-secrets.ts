import { EscrowProof } from "@muster/contracts/gen/muster/command/v1/command_events";
import type { AppleReport } from "../../domain/apple/apple-report.ts";
import type { ShownProof } from "../../domain/apple/escrow-kind.ts";
import { type AnsweredSecret, secretsIn } from "../../domain/apple/secret-answers.ts";
import { shownProofs, showsProof } from "../../domain/apple/shown-proofs.ts";
import type { Command } from "../../domain/command.ts";
import { keyOf } from "../../domain/device-key.ts";
import { forgetInventory } from "../../storage/apple-channels.ts";
import { insertHandovers } from "../../storage/escrow-handovers.ts";
import type { CommandWork } from "../ports.ts";
import type { BodyReader } from "./apple-bodies.ts";
import { SECRET_KINDS } from "./secret-kinds.ts";

export interface KeepDeps {
  readonly newId: () => string;
  readonly bodies: BodyReader;
  readonly sealSecret: (tenant: string, id: string, secret: AnsweredSecret) => Buffer;
}

interface CarriedOut {
  readonly command: Command;
  /** As the device said it. */
  readonly report: AppleReport;
}

const PROOFS = {
  set: EscrowProof.ESCROW_PROOF_SET,
  verified: EscrowProof.ESCROW_PROOF_VERIFIED,
  cleared: EscrowProof.ESCROW_PROOF_CLEARED,
} as const satisfies Record<ShownProof["proof"], EscrowProof>;

/**
 * Keeps the secrets in answers, sealed, in the transaction that takes the answers, for whoever hands them over to the
 * escrow; and tells the escrow what the commands showed of the secrets that it has.
 * @returns the devices, by `keyOf`, that have to be asked what they have now.
 */
export async function keepSecrets(
  work: CommandWork,
  carriedOut: readonly CarriedOut[],
  { bodies, newId, sealSecret }: KeepDeps,
  now: Date,
): Promise<ReadonlySet<string>> {
  const handovers = carriedOut.flatMap(({ command, report }) => {
    const { deviceId, id: commandId, tenant } = command;
    return secretsIn(requestTypeOf(command), report.response).map((secret) => {
      const id = newId();
      return { tenant, id, deviceId, kind: secret.kind, commandId, sealed: sealSecret(tenant, id, secret) };
    });
  });
  await insertHandovers(work.sql, handovers, now);
  // A Mac whose disk has a new key is asked what it has now: only then the old key is given up.
  const rotated = carriedOut
    .map(({ command }) => command)
    .filter((each) => requestTypeOf(each) === "RotateFileVaultKey");
  await forgetInventory(work.sql, rotated);
  await tellProofs(work, carriedOut, bodies);
  return new Set(rotated.map(keyOf));
}

async function tellProofs(work: CommandWork, carriedOut: readonly CarriedOut[], reader: BodyReader): Promise<void> {
  const showing = carriedOut.filter(({ command }) => showsProof(requestTypeOf(command)));
  if (showing.length === 0) return;
  const bodies = await reader.bodiesOf(
    work,
    showing.map(({ command }) => command),
  );
  for (const { command, report } of showing) {
    const { deviceId, id: commandId, tenant } = command;
    const body = bodies.get(commandId) ?? { parameters: {} };
    for (const { kind, proof } of shownProofs(requestTypeOf(command), body, report.response)) {
      work.emit({
        type: "muster.command.v1.EscrowProved",
        tenant,
        deviceId,
        actor: `device:${deviceId}`,
        data: { deviceId, commandId, kind: SECRET_KINDS[kind], proof: PROOFS[proof] },
      });
    }
  }
}

const requestTypeOf = ({ apple }: Command): string => apple?.requestType ?? "";
