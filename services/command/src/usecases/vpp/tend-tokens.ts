import { AppsAndBooksError } from "../../domain/vpp/apps-and-books-error.ts";
import { backOffMs } from "../../domain/vpp/back-off.ts";
import { type OpenLicense, openLicenses } from "../../storage/app-licenses.ts";
import { type AppTokenState, claimAppTokens, releaseAppToken, type SealedAppToken } from "../../storage/app-tokens.ts";
import type { CommandWork } from "../ports.ts";
import { giveBack } from "./give-back.ts";
import { settleEvents } from "./settle-events.ts";
import { syncToken, warnOfExpiry } from "./sync-token.ts";
import { takeLicenses } from "./take-licenses.ts";
import { failWaiting, type TendDeps, type TokenWork } from "./token-work.ts";

const TOKENS_AT_ONCE = 5;
const LICENSES_AT_ONCE = 1_000;
/** How old the counts may get. */
const SYNC_MS = 15 * 60_000;
/** Apple takes moments to half a minute for what it was asked; the longer it takes, the rarer it is asked for it. */
const SOONEST_MS = 300;
const LATEST_MS = 30_000;
/** A token that is not good any more is tried again so often, should Apple change its mind. */
const BROKEN_MS = 3_600_000;

/** Does what is due for the tokens of all tenants, one replica for each token at a time; returns how many it worked on. */
export const tendTokens = (deps: TendDeps) => async (): Promise<number> => {
  const tokens = await deps.database.system((work) => claimAppTokens(work.sql, deps.now(), TOKENS_AT_ONCE));
  for (const token of tokens) await tend(deps, token);
  return tokens.length;
};

async function tend(deps: TendDeps, token: SealedAppToken): Promise<void> {
  const write = <T>(act: (work: CommandWork) => Promise<T>) => deps.database.tenant(token.tenant, act);
  const work: TokenWork = { deps, token, write, bearer: deps.openToken(token.tenant, token.id, token.sealed) };
  const letGo = (state: AppTokenState) => write((each) => releaseAppToken(each.sql, token, state));
  try {
    await letGo(await tendWith(work));
  } catch (error) {
    await letGo(await afterError(work, error));
    if (!(error instanceof AppsAndBooksError)) throw error;
  }
}

async function tendWith(work: TokenWork): Promise<AppTokenState> {
  const { deps, token } = work;
  await warnOfExpiry(work);
  let open = await readOpen(work);
  const pending = await settleEvents(work, open);
  if (token.synced_at === null || deps.now().getTime() - token.synced_at.getTime() > SYNC_MS) {
    const { claimed_by } = await syncToken(work);
    if (claimed_by !== "") await refuseAll(work, open, `app_token.claimed: ${claimed_by}`);
  } else if (token.claimed_by !== "") await refuseAll(work, open, `app_token.claimed: ${token.claimed_by}`);
  open = await readOpen(work);
  const most = open.length === 0 ? 1 : await deps.store.maxAssignees();
  const asked = await takeLicenses(work, open, most);
  const returned = await giveBack(work, open, most);
  const fresh = asked || returned || open.length === LICENSES_AT_ONCE;
  const wait = fresh ? SOONEST_MS : pending === undefined ? SYNC_MS : waitFor(deps.now().getTime() - pending.getTime());
  return { dueAt: later(work, wait), problem: "", failures: 0 };
}

const waitFor = (ageMs: number): number => Math.min(LATEST_MS, Math.max(SOONEST_MS, ageMs / 3));

const readOpen = ({ token, write }: TokenWork): Promise<OpenLicense[]> =>
  write((each) => openLicenses(each.sql, token.tenant, token.id, LICENSES_AT_ONCE));

/** What waits gets no answer from this token. */
const refuseAll = (work: TokenWork, open: readonly OpenLicense[], reason: string): Promise<void> =>
  failWaiting(
    work,
    open.filter(({ state }) => state === "wanted").map((license) => ({ license, reason })),
  );

async function afterError(work: TokenWork, error: unknown): Promise<AppTokenState> {
  const { deps, token } = work;
  const again = (wait: number, problem: string) => ({
    dueAt: later(work, wait),
    problem,
    failures: token.failures + 1,
  });
  // Something of ours, such as enrollment, is not there.
  if (!(error instanceof AppsAndBooksError)) return again(backOffMs(token.failures, deps.random()), token.problem);
  if (error.tokenProblem !== undefined) {
    await refuseAll(work, await readOpen(work), `app_token.unusable: ${error.tokenProblem}`);
    return { dueAt: later(work, BROKEN_MS), problem: error.tokenProblem, failures: token.failures };
  }
  return again(backOffMs(token.failures, deps.random(), error.retryAfterMs), error.message);
}

const later = ({ deps }: TokenWork, ms: number): Date =>
  new Date(deps.now().getTime() + ms * (0.9 + deps.random() / 5));
