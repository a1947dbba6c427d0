import type { AppleDesiredStateServiceServer } from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { currentTrace } from "@muster/host/telemetry";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { refuse } from "../domain/refusals.ts";
import { findContentFor } from "../storage/declarations/contents.ts";
import type { PolicyTables } from "../storage/tables.ts";
import type { DeclarationAnswer, DeclarationVisit } from "../usecases/declarations/answer-declarations.ts";

export interface AppleDeclarationDeps {
  readonly database: ServiceDatabase<PolicyTables>;
  readonly answer: (visit: DeclarationVisit) => Promise<DeclarationAnswer>;
  readonly openContent: (tenant: string, sha256: string, sealed: Buffer) => Buffer;
}

/** What of AppleDesiredStateService is about declarations. */
export const appleDeclarations = ({
  answer,
  database,
  openContent,
}: AppleDeclarationDeps): Pick<Methods<AppleDesiredStateServiceServer>, "answerDeclarations" | "fetchContent"> => ({
  answerDeclarations: async ({ data, deviceId, endpoint, userId }, { tenant }) => {
    const { body, status } = await answer({ tenant, deviceId, userId, endpoint, data, trace: currentTrace() });
    return { status, body: Buffer.from(body) };
  },

  fetchContent: async ({ deviceId, sha256 }, { tenant }) => {
    const found = await database.tenant(tenant, ({ sql }) => findContentFor(sql, { tenant, deviceId, sha256 }));
    if (found === undefined)
      throw refuse("declaration.content_unknown", "none of the device's declarations refers to this content");
    return { content: openContent(tenant, sha256, found.sealed), contentType: found.contentType };
  },
});
