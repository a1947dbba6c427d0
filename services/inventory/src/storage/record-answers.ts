import { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { TraceCarrier } from "@muster/host/telemetry";
import { sql } from "kysely";
import type { FactValue } from "../domain/fact.ts";
import { type Condition, meets } from "../domain/label-condition.ts";
import { type Observation, observe } from "../domain/observe.ts";
import { projectionOf } from "../domain/projection.ts";
import type { SoftwareList } from "../domain/software.ts";
import { confirmAnswers } from "./confirm-answers.ts";
import { emitFactsChanged, emitQueryAnswered, emitSoftwareChanged } from "./emit-observations.ts";
import { type LockedHost, lockHosts, readHosts } from "./lock-hosts.ts";
import { type HostAnswers, mergePerDevice } from "./merge-answers.ts";
import { column, type DeviceKey, type InventoryDatabase, type InventoryWork, keyOf } from "./schema.ts";
import type { SoftwareDictionary } from "./software-dictionary.ts";
import { noteWorkChanged } from "./work-changes.ts";
import { writeDeviceWork } from "./write-device-work.ts";
import { type ChangedFact, writeFacts } from "./write-facts.ts";
import { type LiveQueryKey, writeLiveAnswers } from "./write-live-answers.ts";
import { type Membership, writeMemberships } from "./write-memberships.ts";
import { writePolicyAnswers } from "./write-policy-answers.ts";
import { writeProjections } from "./write-projections.ts";
import { writeSoftware } from "./write-software.ts";

/** What a question needs to be asked again: its revision and interval. */
export interface KnownQuestion {
  readonly revision: number;
  readonly intervalSeconds: number;
}

export interface FactLabel {
  readonly labelId: string;
  readonly condition: Condition;
}

/** What a tenant asks and watches for. */
export interface TenantRules {
  readonly questions: ReadonlyMap<string, KnownQuestion>;
  readonly factLabels: readonly FactLabel[];
}

export interface RecordDependencies {
  readonly database: InventoryDatabase;
  readonly dictionary: SoftwareDictionary;
  readonly detailIntervalMs: number;
  /** Spreads what would come due at one time: 0 to 1. */
  readonly random: () => number;
  readonly rulesOf: (work: InventoryWork, tenants: readonly string[]) => Promise<ReadonlyMap<string, TenantRules>>;
}

export interface Recorded {
  readonly changedFacts: number;
  readonly liveQueries: readonly LiveQueryKey[];
  /** Devices that may have other work now: a platform became known, or a label came or went. */
  readonly reconsider: readonly DeviceKey[];
}

interface Observed {
  readonly key: DeviceKey;
  readonly host: LockedHost;
  readonly seen: Observation;
  readonly at: Date;
  readonly trace: TraceCarrier;
}

/**
 * Writes the answers of many hosts: those that say what is known cost one statement for all, the rest comes in a
 * transaction of its own.
 */
export async function recordAnswers(deps: RecordDependencies, batch: readonly HostAnswers[]): Promise<Recorded> {
  const merged = mergePerDevice(batch);
  const now = merged[0]?.at ?? new Date(0);
  const known = await confirmAnswers(
    deps.database,
    merged.flatMap(({ tenant, deviceId, platform, ownership, fingerprints, at }) =>
      fingerprints === undefined
        ? []
        : [{ tenant, deviceId, platform, ownership, fingerprints, due: nextDetails(deps, at), at }],
    ),
  );
  const left = merged.filter((item) => !known.has(keyOf(item)));
  if (left.length === 0) return { changedFacts: 0, liveQueries: [], reconsider: [] };
  for (let attempt = 1; ; attempt++) {
    try {
      return await recordChanges(deps, left, await lookBefore(deps, left, now), now);
    } catch (error) {
      if (!(error instanceof OutdatedError) || attempt === LOOKS) throw error;
    }
  }
}

const LOOKS = 5;

/** Between the look and the lock the device answered elsewhere: what was looked up is not all that is needed now. */
class OutdatedError extends Error {}

/** Spread, so that what was asked at one time is not for ever asked at one time. */
const nextDetails = ({ detailIntervalMs, random }: RecordDependencies, at: Date): Date =>
  new Date(at.getTime() + detailIntervalMs * (0.9 + 0.2 * random()));

function recordChanges(
  deps: RecordDependencies,
  merged: readonly HostAnswers[],
  looked: Looked,
  now: Date,
): Promise<Recorded> {
  return deps.database.system(async (work) => {
    const hosts = await lockHosts(work, merged, now);
    const observed = observeAll(merged, hosts, looked.observed);
    const rules = await deps.rulesOf(work, [...new Set(column(merged, "tenant"))]);
    const changed = await writeFacts(
      work,
      observed.flatMap(({ key, seen, at }) => seen.facts.map((fact) => ({ ...key, ...fact, at }))),
    );
    const software = await writeSoftware(
      work,
      observed.flatMap(({ key, seen, at }) =>
        seen.software.map(({ source, items }) => {
          const ids = looked.numbers.get(items);
          if (ids === undefined) throw new OutdatedError();
          return { ...key, source, ids, at };
        }),
      ),
    );
    const reconsider: DeviceKey[] = [];
    const factsOf = groupFacts(changed);
    const touched = new Map([...changed, ...software].map((each) => [keyOf(each), each]));
    const devices = await writeProjections(
      work,
      [...touched].map(([key, { tenant, deviceId }]) => ({
        tenant,
        deviceId,
        projection: projectionOf(new Map((factsOf.get(key) ?? []).map(({ name, value }) => [name, value]))),
      })),
    );
    for (const { key, host } of observed) {
      const device = devices.get(keyOf(key));
      if (device !== undefined && device.platform !== host.platform) reconsider.push(key);
    }
    await noteWorkChanged(work, reconsider);
    const traces = new Map(observed.map(({ key, trace }) => [keyOf(key), trace]));
    emitFactsChanged(work, factsOf, devices, traces);
    await emitSoftwareChanged(work, software, devices, traces);
    reconsider.push(...(await writeMemberships(work, memberships(observed, changed, rules))));
    const policies = await writePolicyAnswers(
      work,
      observed.flatMap(({ key, seen, at }) =>
        seen.policies.map(({ id, revision, answer }) => ({ ...key, policyId: id, revision, answer, at })),
      ),
    );
    emitQueryAnswered(work, policies, hosts, devices, traces);
    const liveQueries = await writeLiveAnswers(
      work,
      observed.flatMap(({ key, seen, at }) => seen.live.map((live) => ({ ...key, live, at }))),
    );
    await noteCarves(work, observed);
    await writeDeviceWork(
      work,
      observed.map((each) => answeredWork(deps, each, rules.get(each.key.tenant), reconsider)),
    );
    return { changedFacts: changed.length, liveQueries, reconsider };
  });
}

// What was observed before the lock holds if the host's row is still the same.
const observeAll = (
  merged: readonly HostAnswers[],
  hosts: ReadonlyMap<string, LockedHost>,
  before: ReadonlyMap<string, Observed>,
): Observed[] =>
  merged.flatMap(({ tenant, deviceId, answers, at, trace }) => {
    const key = { tenant, deviceId };
    const host = hosts.get(keyOf(key));
    // Whose keys are refused was told so at the door; between there and here only a moment passed.
    if (host === undefined || host.unenrolled) return [];
    const same = before.get(keyOf(key));
    if (
      same?.host.stamp === host.stamp &&
      same.host.platform === host.platform &&
      same.host.ownership === host.ownership
    ) {
      return [{ ...same, host }];
    }
    return [{ key, host, seen: observe(host, answers), at, trace }];
  });

interface Looked {
  readonly observed: ReadonlyMap<string, Observed>;
  readonly numbers: ReadonlyMap<SoftwareList, readonly number[]>;
}

// What is new is read, and the dictionary of software asked, while nothing is locked.
async function lookBefore(deps: RecordDependencies, merged: readonly HostAnswers[], now: Date): Promise<Looked> {
  const asking = merged.filter(({ answers }) => answers.some(({ name }) => name.kind === "detail"));
  if (asking.length === 0) return { observed: new Map(), numbers: new Map() };
  const hosts = await deps.database.system((work) => readHosts(work, asking, now));
  const observed = observeAll(asking, hosts, new Map());
  const lists = observed.flatMap(({ key, seen }) => seen.software.map(({ items }) => ({ tenant: key.tenant, items })));
  return {
    observed: new Map(observed.map((each) => [keyOf(each.key), each])),
    numbers: await deps.dictionary.numbersOf(lists),
  };
}

function groupFacts(changed: readonly ChangedFact[]): Map<string, ChangedFact[]> {
  const groups = new Map<string, ChangedFact[]>();
  for (const fact of changed) {
    const group = groups.get(keyOf(fact));
    if (group === undefined) groups.set(keyOf(fact), [fact]);
    else group.push(fact);
  }
  return groups;
}

function memberships(
  observed: readonly Observed[],
  changed: readonly ChangedFact[],
  rules: ReadonlyMap<string, TenantRules>,
): Membership[] {
  const found = new Map<string, Membership>();
  const add = (membership: Membership) => found.set(`${keyOf(membership)}/${membership.labelId}`, membership);
  for (const { key, seen, at } of observed) {
    for (const { id, revision, member } of seen.labels) {
      // An answer to an older wording of the label's question says nothing about the present one.
      if (rules.get(key.tenant)?.questions.get(id)?.revision === revision) add({ ...key, labelId: id, member, at });
    }
  }
  for (const { tenant, deviceId, name, value, at } of changed) {
    for (const { labelId, condition } of rules.get(tenant)?.factLabels ?? []) {
      if (condition.fact !== name) continue;
      add({ tenant, deviceId, labelId, member: meets(condition, value satisfies FactValue), at });
    }
  }
  return [...found.values()];
}

function answeredWork(
  deps: RecordDependencies,
  { key, host, seen, at }: Observed,
  rules: TenantRules | undefined,
  reconsider: readonly DeviceKey[],
) {
  const asked = Object.fromEntries(
    [...seen.policies, ...seen.labels, ...seen.failedLabels].flatMap(({ id, revision }) => {
      const question = rules?.questions.get(id);
      if (question?.revision !== revision) return [];
      return [[id, { r: revision, a: at.getTime(), d: at.getTime() + question.intervalSeconds * 1000 }]];
    }),
  );
  // The rest of the questions follows at once when the first answers have said what platform it is.
  const early = host.platform === Platform.PLATFORM_UNSPECIFIED && reconsider.includes(key);
  return {
    ...key,
    answeredDetails: seen.answeredDetails,
    rehandDetails: early,
    detailDueAt: early ? at : nextDetails(deps, at),
    fingerprints: seen.fingerprints,
    asked,
    at,
  };
}

async function noteCarves(work: InventoryWork, observed: readonly Observed[]): Promise<void> {
  const begun = observed.flatMap(({ key, seen }) => seen.begunCarves.map((carve) => ({ ...key, ...carve })));
  if (begun.length > 0) {
    await sql`
      update carves c set host_guid = b.guid
      from unnest(${column(begun, "tenant")}::text[], ${column(begun, "id")}::uuid[], ${column(begun, "deviceId")}::uuid[],
        ${column(begun, "guid")}::text[]) as b (tenant, id, device_id, guid)
      where c.tenant = b.tenant and c.id = b.id and c.device_id = b.device_id and c.state = 'requested'`.execute(
      work.sql,
    );
  }
  const failed = observed.flatMap(({ key, seen }) => seen.failedCarves.map((carve) => ({ ...key, ...carve })));
  if (failed.length === 0) return;
  await sql`
    update carves c set state = 'failed', error = f.error
    from unnest(${column(failed, "tenant")}::text[], ${column(failed, "id")}::uuid[], ${column(failed, "deviceId")}::uuid[],
      ${column(failed, "error")}::text[]) as f (tenant, id, device_id, error)
    where c.tenant = f.tenant and c.id = f.id and c.device_id = f.device_id and c.state = 'requested'`.execute(
    work.sql,
  );
}
