import { metrics } from "@muster/host/telemetry";
import type { QueryStats } from "../domain/distributed-write.ts";

interface Cost {
  wallTimeMs: number;
  userTimeMs: number;
  systemTimeMs: number;
  /** The most since it was last told. */
  memoryBytes: number;
}

/** What queries cost on hosts, summed here and told when metrics are read: an answer has dozens of such figures. */
export class QueryCosts {
  readonly #costs = new Map<string, Cost>();

  constructor() {
    const meter = metrics.getMeter("muster");
    meter
      .createObservableCounter("muster.inventory.query.wall_time", { unit: "ms", description: "Time on hosts" })
      .addCallback((counter) => {
        for (const [query, { wallTimeMs }] of this.#costs) counter.observe(wallTimeMs, { query });
      });
    meter
      .createObservableCounter("muster.inventory.query.cpu_time", { unit: "ms", description: "CPU time on hosts" })
      .addCallback((counter) => {
        for (const [query, { userTimeMs, systemTimeMs }] of this.#costs) {
          counter.observe(userTimeMs, { query, mode: "user" });
          counter.observe(systemTimeMs, { query, mode: "system" });
        }
      });
    meter
      .createObservableGauge("muster.inventory.query.memory", { unit: "By", description: "Most memory on a host" })
      .addCallback((gauge) => {
        for (const [query, cost] of this.#costs) {
          gauge.observe(cost.memoryBytes, { query });
          cost.memoryBytes = 0;
        }
      });
  }

  add(query: string, { wallTimeMs, userTimeMs, systemTimeMs, memoryBytes }: QueryStats): void {
    const cost = this.#costs.get(query);
    if (cost === undefined) {
      this.#costs.set(query, { wallTimeMs, userTimeMs, systemTimeMs, memoryBytes });
      return;
    }
    cost.wallTimeMs += wallTimeMs;
    cost.userTimeMs += userTimeMs;
    cost.systemTimeMs += systemTimeMs;
    cost.memoryBytes = Math.max(cost.memoryBytes, memoryBytes);
  }
}
