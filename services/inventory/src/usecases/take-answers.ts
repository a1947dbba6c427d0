import { currentTrace, metrics } from "@muster/host/telemetry";
import { gather } from "@muster/postgres/gather";
import { fingerprintsOf } from "../domain/detail.ts";
import type { Answer, DistributedWrite } from "../domain/distributed-write.ts";
import type { KnownHosts } from "./known-hosts.ts";
import type { Host, HostAnswers, RecordAnswers, Signals } from "./ports.ts";
import { QueryCosts } from "./query-costs.ts";

export type TakeAnswers = (host: Host, write: DistributedWrite) => Promise<void>;

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
  return async ({ tenant, deviceId, platform, ownership }, write) => {
    const { answers } = write;
    const fingerprints = fingerprintsOf({ platform, ownership }, answers);
    count.answers(write);
    if (answers.length === 0) return;
    const [at, trace] = [now(), currentTrace()];
    await recordOne({ tenant, deviceId, platform, ownership, answers, fingerprints, at, trace });
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
      const counts = new Map<Answer["name"]["kind"], { ok: number; failed: number }>();
      for (const { name, asked, error, stats } of all) {
        const { kind } = name;
        const outcomes = counts.get(kind) ?? { ok: 0, failed: 0 };
        if (error === "") outcomes.ok++;
        else outcomes.failed++;
        counts.set(kind, outcomes);
        // Live queries are many and short: their ids would make a series each.
        if (stats !== undefined) costs.add(kind === "live" || kind === "carve" ? kind : asked, stats);
      }
      for (const [kind, { ok, failed }] of counts) {
        if (ok > 0) answers.add(ok, { kind, outcome: "ok" });
        if (failed > 0) answers.add(failed, { kind, outcome: "failed" });
      }
    },
  };
}
