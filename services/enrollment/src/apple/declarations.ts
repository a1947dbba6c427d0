import type {
  AnswerDeclarationsResponse,
  AppleDesiredStateServiceServer,
  FetchContentResponse,
} from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { ClientOf } from "@muster/rpc/client";
import { devicesOfEnrollments } from "../storage/device-store.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";

export type DeclarationAnswer = AnswerDeclarationsResponse;
export type DeclaredContent = FetchContentResponse;

type Policy = Pick<ClientOf<AppleDesiredStateServiceServer>, "answerDeclarations" | "fetchContent">;

/** A device that is not answered in time comes again by itself. */
const TIMEOUT = { timeoutMs: 10_000 };

interface Asked {
  readonly deviceId: string;
  readonly userId: string;
  readonly endpoint: string;
  readonly data: Buffer;
}

/** Asks policy what a device under declarative management is answered. */
export const askDeclarations =
  (policy: Policy) =>
  (tenant: string, { data, deviceId, endpoint, userId }: Asked): Promise<DeclarationAnswer> =>
    policy.answerDeclarations({ deviceId, userId, endpoint, data }, { tenant, actor: "enrollment" }, TIMEOUT);

/** Fetches what one of a device's declarations refers to, for the device that this enrollment speaks for. */
export const fetchContent =
  (policy: Policy, database: ServiceDatabase<EnrollmentDatabase>) =>
  async (
    { enrollmentId, tenant }: { readonly tenant: string; readonly enrollmentId: string },
    sha256: string,
  ): Promise<DeclaredContent | undefined> => {
    const devices = await database.tenant(tenant, ({ sql }) => devicesOfEnrollments(sql, tenant, [enrollmentId]));
    const device = devices.find(({ apple, status }) => status === "enrolled" && apple?.enrollmentId === enrollmentId);
    if (device === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    try {
      return await policy.fetchContent({ deviceId: device.id, sha256 }, { tenant, actor: "enrollment" }, TIMEOUT);
    } catch (error) {
      if (error instanceof Refusal && error.kind === "not_found") return undefined;
      throw error;
    }
  };
