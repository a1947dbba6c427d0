import { fateOf } from "../../domain/vpp/event-failures.ts";
import type { EventStatus } from "../../domain/vpp/store.ts";
import { putAppAssets } from "../../storage/app-assets.ts";
import { changeLicenses, forgetLicenses, type LicenseChange, type OpenLicense } from "../../storage/app-licenses.ts";
import { assetRow, type Failing, failWaiting, release, type TokenWork } from "./token-work.ts";

/** How often in a row one license is asked for, or given back, before it ends. */
const ATTEMPTS = 6;

/** Looks how far Apple is with what it was asked, and takes what ended. @returns since when something is still under way */
export async function settleEvents(work: TokenWork, open: readonly OpenLicense[]): Promise<Date | undefined> {
  const events = Map.groupBy(
    open.filter(({ event_id }) => event_id !== ""),
    ({ event_id }) => event_id,
  );
  let pending: Date | undefined;
  const assets = new Map<string, OpenLicense>();
  for (const [eventId, licenses] of events) {
    const status = await work.deps.store.eventStatus(work.bearer, eventId);
    if (status.kind === "pending") {
      for (const { since } of licenses) pending = pending === undefined || since < pending ? since : pending;
      continue;
    }
    await settleAsked(
      work,
      licenses.filter(({ state }) => state === "asked"),
      status,
    );
    await settleReturning(
      work,
      licenses.filter(({ state }) => state === "returning"),
      status,
    );
    for (const license of licenses) assets.set(`${license.adam_id}/${license.pricing_param}`, license);
  }
  await refreshCounts(work, [...assets.values()]);
  return pending;
}

async function settleAsked(work: TokenWork, licenses: readonly OpenLicense[], status: EventStatus): Promise<void> {
  const { deps, token, write } = work;
  const failures = status.kind === "failed" ? status.failures : [];
  const failing: Failing[] = [];
  const again: [OpenLicense, Partial<LicenseChange>][] = [];
  const given: OpenLicense[] = [];
  for (const license of licenses) {
    const fate = status.kind === "complete" ? undefined : fateOf(license.assignee, failures);
    if (fate === undefined) given.push(license);
    else if (fate.kind === "refused") failing.push({ license, reason: fate.reason });
    else if (license.attempts < ATTEMPTS) again.push([license, { state: "wanted", eventId: "" }]);
    else failing.push({ license, reason: "app_license.gave_up" });
  }
  const held = await write((each) =>
    changeLicenses(
      each.sql,
      token.tenant,
      [...given.map((license) => [license, { state: "held", eventId: "" }] as const), ...again],
      deps.now(),
    ),
  );
  await failWaiting(work, failing);
  await write((each) =>
    forgetLicenses(
      each.sql,
      token.tenant,
      failing.map(({ license }) => license),
    ),
  );
  const holding = held.filter((license) => given.includes(license));
  const waited = await release(work, holding);
  // Whose command ended meanwhile, or who left, has no use for it.
  const unused = holding.filter(
    ({ command_id, enrollment_id, installed }) => !waited.has(command_id) && (!installed || enrollment_id === null),
  );
  await write((each) =>
    changeLicenses(
      each.sql,
      token.tenant,
      unused.map((license) => [
        { ...license, state: "held" as const },
        { state: "returning", eventId: "", attempts: 0 },
      ]),
      deps.now(),
    ),
  );
}

async function settleReturning(work: TokenWork, licenses: readonly OpenLicense[], status: EventStatus): Promise<void> {
  const { deps, token, write } = work;
  const failures = status.kind === "failed" ? status.failures : [];
  // What Apple does not take back is not there to be taken back.
  const over = licenses.filter(
    ({ assignee, attempts }) =>
      status.kind === "complete" || attempts >= ATTEMPTS || fateOf(assignee, failures).kind === "refused",
  );
  const again = licenses.filter((license) => !over.includes(license));
  await write(async (each) => {
    await forgetLicenses(each.sql, token.tenant, over);
    await changeLicenses(
      each.sql,
      token.tenant,
      again.map((license) => [license, { eventId: "" }]),
      deps.now(),
    );
  });
}

/** The counts of these assets are others now. */
async function refreshCounts({ bearer, deps, token, write }: TokenWork, of: readonly OpenLicense[]): Promise<void> {
  for (const { adam_id, pricing_param } of of) {
    const assets = await deps.store.assets(bearer, { adamId: adam_id, pricingParam: pricing_param });
    const rows = assets.map((asset) => assetRow(token.id, asset));
    await write((each) => putAppAssets(each.sql, token.tenant, rows));
  }
}
