import type { ServiceDatabase } from "@muster/postgres/service-database";
import { validate as isUuid } from "uuid";
import { AbmError } from "../../domain/automated/abm-error.ts";
import { refuse } from "../../domain/refusals.ts";
import { findServer } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { unknownServer } from "./change-server.ts";
import type { AbmServer, OpenAbm } from "./ports.ts";
import type { ServerVault } from "./server-vault.ts";

export interface AskAppleDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: ServerVault;
  readonly openAbm: OpenAbm;
  readonly pause: (ms: number) => Promise<void>;
}

/** Somebody waits for the answer. */
const PATIENCE_MS = 8_000;

/** What Apple answers to somebody who waits for it. Throws AbmError. */
export function inTime<T>({ pause }: Pick<AskAppleDeps, "pause">, answer: Promise<T>): Promise<T> {
  const late = pause(PATIENCE_MS).then(() => {
    throw new AbmError("unavailable", "Apple did not answer in time");
  });
  return Promise.race([answer, late]);
}

/** Asks Apple something for a server, at once. What Apple says no to is refused. */
export async function askApple<T>(
  deps: AskAppleDeps,
  tenant: string,
  id: string,
  ask: (abm: AbmServer) => Promise<T>,
): Promise<T> {
  const { database, openAbm, vault } = deps;
  const known = isUuid(id) ? await database.tenant(tenant, (work) => findServer(work.sql, { tenant, id })) : undefined;
  if (known === undefined) throw unknownServer(id);
  if (known.sealed.token === undefined)
    throw refuse("automated.no_token", "the server has no token yet; upload the one that Apple makes for it");
  const token = vault.openToken(known.server, known.sealed.token);
  try {
    return await inTime(deps, ask(openAbm(`${tenant}/${id}/${token.accessToken}`, token)));
  } catch (error) {
    throw error instanceof AbmError ? refusalOf(error) : error;
  }
}

function refusalOf(error: AbmError) {
  const { message, problem, retryAfterMs = 60_000 } = error;
  if (problem === "unavailable")
    return refuse("automated.apple_unreachable", `${message}; ask again a little later`, {
      cause: error,
      retryAfterSec: Math.ceil(retryAfterMs / 1_000),
    });
  return refuse("automated.apple_refused", `Apple did not do it: ${message}`, { cause: error });
}
