import type { ServiceDatabase } from "@muster/postgres/service-database";
import { KINDS } from "../../domain/declarations/kind.ts";
import { type Asked, type Found, findAnswers } from "../../storage/declarations/answers.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import type { StatusOutcome, StatusVisit } from "./take-status.ts";

/** One check-in message DeclarativeManagement. */
export interface DeclarationVisit extends StatusVisit {
  readonly endpoint: string;
}

export interface DeclarationAnswer {
  readonly status: number;
  /** JSON, or nothing. */
  readonly body: string;
}

export interface AnswerDeps {
  readonly find: (asked: Asked) => Promise<Found>;
  readonly takeStatus: (visit: StatusVisit) => Promise<StatusOutcome>;
}

const ENDPOINT = new RegExp(`^declaration/(${KINDS.join("|")})/(.{1,64})$`, "s");

export const findTogether = (database: ServiceDatabase<PolicyTables>) => (asked: readonly Asked[]) =>
  database.system(({ sql }) => findAnswers(sql, asked));

/** Answers one request of a device under declarative management. */
export const answerDeclarations =
  ({ find, takeStatus }: AnswerDeps) =>
  async (visit: DeclarationVisit): Promise<DeclarationAnswer> => {
    const { deviceId, endpoint, tenant, userId } = visit;
    const channel = { tenant, deviceId, userId, kind: "", identifier: "" };
    if (endpoint === "status") return { status: await takeStatus(visit), body: "" };
    if (endpoint === "tokens") {
      const { changedAt, digest } = await find({ ...channel, what: "tokens" });
      return digest === null || changedAt === null ? NOT_FOUND : { status: 200, body: tokensOf(digest, changedAt) };
    }
    if (endpoint === "declaration-items") return answerOf(await find({ ...channel, what: "declaration-items" }));
    const [, kind, identifier] = ENDPOINT.exec(endpoint) ?? [];
    if (kind === undefined || identifier === undefined || identifier.includes("\0")) return { status: 400, body: "" };
    return answerOf(await find({ ...channel, what: "declaration", kind, identifier }));
  };

const NOT_FOUND: DeclarationAnswer = { status: 404, body: "" };

const answerOf = ({ body }: Found): DeclarationAnswer => (body === null ? NOT_FOUND : { status: 200, body });

/** To the second, as Apple writes it. */
const tokensOf = (digest: string, changedAt: Date): string =>
  JSON.stringify({
    SyncTokens: { DeclarationsToken: digest, Timestamp: `${changedAt.toISOString().slice(0, 19)}Z` },
  });
