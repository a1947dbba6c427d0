import type { DeviceIdentity } from "@muster/device-identity/identity";
import { currentTrace, metrics } from "@muster/host/telemetry";
import { gather } from "@muster/postgres/gather";
import type { DistributedWrite } from "../domain/distributed-write.ts";
import { queryName } from "../domain/query-name.ts";
import type { KnownHosts } from "./known-hosts.ts";
import type { HostAnswers, RecordAnswers, Signals } from "./ports.ts";
import { QueryCosts } from "./query-costs.ts";

export type TakeAnswers = (identity: DeviceIdentity, write: DistributedWrite) => Promise<void>;

interface Dependencies {
  readonly known: KnownHosts;
  readonly record: RecordAnswers;
  readonly signals: Signals;
  readonly now: () => Date;
}

/** Takes what a host answered: many hosts' answers become one transaction, two in work at once. */
export function takeAnswers({ known, record, signals, now }: Dependencies): TakeAnswers {
  const count = countAnswers();
  const recordOne = gather<HostAnswers, void>({
    maxBatch: 100,
    maxWaitMs: 3,
    inFlight: 2,
    flush: async (batch) => {
      const { changedFacts, liveQueries, reconsider } = await record(batch);
      count.batch(batch.length, changedFacts);
      for (const { tenant, id } of liveQueries) signals.liveQueryChanged(tenant, id);
      for (const { tenant, deviceId } of reconsider) signals.workChanged(tenant, [deviceId], true);
      return batch.map(() => undefined);
    },
  });
  return async ({ tenant, deviceId }, write) => {
    count.answers(write);
    if (write.answers.length === 0) return;
    await recordOne({ tenant, deviceId, answers: write.answers, at: now(), trace: currentTrace() });
    // What was handed out is answered: the next poll asks the database whether more is due.
    known.reconsider({ tenant, deviceId });
  };
}

function countAnswers() {
  const meter = metrics.getMeter("muster");
  const answers = meter.createCounter("muster.inventory.answers", { unit: "{answer}", description: "Answers by kind" });
  const changed = meter.createCounter("muster.inventory.facts.written", {
    unit: "{fact}",
    description: "Changed facts",
  });
  const size = meter.createHistogram("muster.inventory.answers.batch", {
    unit: "{host}",
    description: "Hosts a flush",
  });
  const costs = new QueryCosts();
  return {
    batch: (hosts: number, facts: number) => {
      size.record(hosts);
      if (facts > 0) changed.add(facts);
    },
    answers: ({ answers: all, unknown }: DistributedWrite) => {
      if (unknown > 0) answers.add(unknown, { kind: "unknown", outcome: "ignored" });
      const ok = new Map<string, number>();
      for (const { name, error, stats } of all) {
        const outcome = error === "" ? "ok" : "failed";
        ok.set(`${name.kind}/${outcome}`, (ok.get(`${name.kind}/${outcome}`) ?? 0) + 1);
        if (stats === undefined) continue;
        // Live queries are many and short: their ids would make a series each.
        costs.add(name.kind === "live" || name.kind === "carve" ? name.kind : queryName(name), stats);
      }
      for (const [key, number] of ok) {
        const [kind = "", outcome = ""] = key.split("/");
        answers.add(number, { kind, outcome });
      }
    },
  };
}
