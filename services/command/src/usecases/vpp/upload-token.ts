import type { AppToken } from "@muster/contracts/gen/muster/command/v1/app_license";
import type { Caller } from "@muster/rpc/caller";
import { refuse } from "../../domain/refusals.ts";
import { AppsAndBooksError } from "../../domain/vpp/apps-and-books-error.ts";
import { readLocationToken } from "../../domain/vpp/location-token.ts";
import type { ClientConfig } from "../../domain/vpp/store.ts";
import { findAppTokenOf, putAppToken } from "../../storage/app-tokens.ts";
import type { Database } from "../ports.ts";
import { tokenMessage } from "./app-messages.ts";
import type { AppsAndBooksStore } from "./store-port.ts";

export interface UploadDeps {
  readonly database: Database;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly store: AppsAndBooksStore;
  readonly sealToken: (tenant: string, id: string, bearer: string) => Buffer;
}

/**
 * Keeps a location's token, after Apple said that it is one and nobody else manages the location. Another management that
 * does is told by nobody: two that give away the same licenses take them from each other.
 */
export const uploadToken =
  ({ database, newId, now, sealToken, store }: UploadDeps) =>
  async (content: string, takeOver: boolean, { actor, tenant }: Caller): Promise<AppToken> => {
    const { bearer, expiresAt, organization } = readLocationToken(content, now());
    const config = await store.clientConfig(bearer).catch(explain);
    const known = await database.tenant(tenant, (work) => findAppTokenOf(work.sql, tenant, config.appleId));
    const id = known ?? newId();
    const { manager } = config;
    if (manager !== undefined && manager.id !== id && !takeOver)
      throw refuse(
        "app_token.claimed",
        `${manager.name || manager.id} says that it manages ${config.location}; set take_over to manage it from here`,
      );
    await store.claim(bearer, id).catch(explain);
    const row = await database.tenant(tenant, (work) =>
      putAppToken(work.sql, {
        tenant,
        id,
        sealed: sealToken(tenant, id, bearer),
        organization,
        location: config.location,
        appleId: config.appleId,
        expiresAt: config.expiresAt ?? expiresAt,
        createdBy: actor,
        now: now(),
      }),
    );
    return tokenMessage(row);
  };

function explain(error: unknown): ClientConfig {
  if (!(error instanceof AppsAndBooksError)) throw error;
  if (error.tokenProblem !== undefined) throw refuse("app_token.refused", error.tokenProblem, { cause: error });
  throw refuse("app_token.unavailable", `${error.message}; try again later`, { cause: error });
}
