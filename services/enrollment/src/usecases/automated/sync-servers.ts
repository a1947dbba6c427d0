import type { Logger } from "@muster/host/logging";
import { AbmError } from "../../domain/automated/abm-error.ts";
import type { AutomatedServer } from "../../domain/automated/automated-server.ts";
import { nextSync, retrySync } from "../../domain/automated/sync-schedule.ts";
import { warningsDue } from "../../domain/automated/token-expiry.ts";
import {
  claimDueServer,
  releaseServer,
  type StoredServer,
  type SyncOutcome,
  saveAccount,
} from "../../storage/automated-servers.ts";
import type { EnrollmentWork } from "../apple/escrow.ts";
import { type AssignDeps, assignProfiles } from "./assign-profiles.ts";
import { fetchDevices } from "./fetch-devices.ts";
import type { OpenAbm } from "./ports.ts";
import type { ServerVault } from "./server-vault.ts";

export interface SyncDeps extends Omit<AssignDeps, "claimUntil"> {
  readonly vault: ServerVault;
  readonly openAbm: OpenAbm;
  /** The address that devices of a server are sent to, by the secret in it. */
  readonly addressOf: (door: string) => string;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

/** For so long a server is left to whoever synchronizes it after its last sign of life. */
const CLAIM_MS = 5 * 60_000;

/** Synchronizes every server that is due, one after the other. */
export const syncServers = (deps: SyncDeps) => async (): Promise<void> => {
  const claimUntil = () => new Date(deps.now().getTime() + CLAIM_MS);
  while (!deps.stopping.aborted) {
    const due = await deps.database.system((work) => claimDueServer(work.sql, deps.now(), claimUntil()));
    if (due === undefined) return;
    const failure = await synchronize(deps, due, claimUntil);
    await deps.database.tenant(due.server.tenant, async (work) => {
      const outcome = outcomeOf(deps, due.server, failure);
      announce(work, due.server, outcome);
      await releaseServer(work.sql, due.server, outcome);
    });
  }
};

/** @returns what it failed with. */
async function synchronize(deps: SyncDeps, due: StoredServer, claimUntil: () => Date): Promise<unknown> {
  const { database, log, vault } = deps;
  const { sealed, server } = due;
  const { id, tenant } = server;
  try {
    if (sealed.token === undefined) return undefined;
    const token = vault.openToken(server, sealed.token);
    // A new token has its own session.
    const abm = deps.openAbm(`${tenant}/${id}/${token.accessToken}`, token);
    if (server.account === undefined) {
      const account = await abm.account();
      await database.tenant(tenant, (work) => saveAccount(work.sql, server, account));
    }
    await fetchDevices({ database, claimUntil }, server, abm);
    await assignProfiles({ ...deps, claimUntil }, server, abm, deps.addressOf(vault.openDoor(server, sealed.door)));
    return undefined;
  } catch (error) {
    if (!deps.stopping.aborted)
      log.warn({ err: error, tenant, server: id }, "server for automated enrollment could not be synchronized");
    return error;
  }
}

function outcomeOf({ chance, now, stopping }: SyncDeps, server: AutomatedServer, failure: unknown): SyncOutcome {
  const at = now();
  const { failures, lastError, termsChangedAt, tokenExpiresAt } = server;
  const expiryWarnings = tokenExpiresAt === undefined ? 0 : warningsDue(tokenExpiresAt, at);
  if (failure === undefined)
    return {
      syncedAt: at,
      failures: 0,
      lastError: "",
      termsChangedAt: undefined,
      expiryWarnings,
      nextSyncAt: nextSync(at, chance()),
    };
  // Whoever takes over goes on at once.
  if (stopping.aborted)
    return { syncedAt: undefined, failures, lastError, termsChangedAt, expiryWarnings, nextSyncAt: at };
  const problem = failure instanceof AbmError ? failure : undefined;
  return {
    syncedAt: undefined,
    failures: failures + 1,
    lastError: problem?.message ?? "Muster could not do it; its log says why",
    termsChangedAt: problem?.problem === "terms_changed" ? (termsChangedAt ?? at) : termsChangedAt,
    expiryWarnings,
    nextSyncAt: retrySync(problem, failures + 1, at, chance()),
  };
}

/** Tells what an administrator has to act on, once each time. */
function announce(work: EnrollmentWork, server: AutomatedServer, outcome: SyncOutcome): void {
  const { account, id, name, tenant, tokenExpiresAt } = server;
  const about = { serverId: id, name };
  if (outcome.expiryWarnings > server.expiryWarnings)
    work.emit({
      type: "muster.enrollment.v1.AutomatedEnrollmentServerExpiring",
      tenant,
      data: { ...about, expiresAt: tokenExpiresAt },
    });
  if (outcome.termsChangedAt !== undefined && server.termsChangedAt === undefined)
    work.emit({
      type: "muster.enrollment.v1.AutomatedEnrollmentTermsChanged",
      tenant,
      data: { ...about, organization: account?.organization ?? "" },
    });
}
