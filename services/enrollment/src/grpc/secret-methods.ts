import type { SecretServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/secret_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { escrowedMessage } from "../contract/escrow-message.ts";
import { toldSecret } from "../domain/escrow.ts";
import { refuse } from "../domain/refusals.ts";
import { secretsOfDevice } from "../storage/escrow.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";
import type { Escrow } from "../usecases/apple/escrow.ts";
import type { EscrowKeys } from "../usecases/apple/escrow-keys.ts";

export interface SecretMethodsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly escrow: Escrow;
  readonly escrowKeys: EscrowKeys;
  readonly now: () => Date;
}

const SHORTEST_REASON = 3;
const LONGEST_REASON = 1_000;

/** SecretService as the contract describes it. */
export const secretMethods = ({
  database,
  escrow,
  escrowKeys,
  now,
}: SecretMethodsDeps): Methods<SecretServiceServer> => ({
  listDeviceSecrets: async ({ deviceId }, { tenant }) => {
    if (!isUuid(deviceId)) return { secrets: [] };
    const secrets = await database.tenant(tenant, (work) => secretsOfDevice(work.sql, tenant, deviceId));
    return { secrets: secrets.map((entry) => escrowedMessage(entry)) };
  },

  revealDeviceSecret: async ({ deviceId, reason, secretId }, { actor, tenant }) => {
    const purpose = reason.replaceAll("\0", "").trim();
    if (purpose.length < SHORTEST_REASON || purpose.length > LONGEST_REASON)
      throw refuse(
        "enrollment.reason_required",
        `say in reason why the secret has to be read, in ${SHORTEST_REASON} to ${LONGEST_REASON} characters`,
      );
    const read =
      isUuid(deviceId) && isUuid(secretId)
        ? await database.tenant(tenant, (work) =>
            escrow.readById(work, { tenant, deviceId, id: secretId }, { actor, at: now(), purpose }),
          )
        : undefined;
    if (read === undefined)
      throw refuse("enrollment.secret_not_escrowed", "no such secret of this device is in escrow");
    return { secret: escrowedMessage(read.entry, toldSecret(read.entry.kind, read.secret)) };
  },

  getEscrowCertificate: async (_request, { tenant }) => ({ certificate: await escrowKeys.certificateOf(tenant) }),
});
