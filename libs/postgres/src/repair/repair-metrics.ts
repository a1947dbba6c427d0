import { metrics } from "@muster/host/telemetry";
import type { Finding } from "./comparison-store.ts";

/** What the last comparison showed, in the replica that made it. */
export class RepairMetrics {
  readonly #labels: { readonly consumer: string };
  readonly #gapsFound;
  readonly #repaired;
  #last: { readonly finding: Finding; readonly at: number } | undefined;

  constructor(consumer: string) {
    this.#labels = { consumer };
    const meter = metrics.getMeter("muster");
    this.#gapsFound = meter.createCounter("muster.hearing.gaps_found", { unit: "{event}" });
    this.#repaired = meter.createCounter("muster.hearing.repaired", { unit: "{event}" });
    const gauge = (name: string, unit: string, of: (finding: Finding, at: number) => number) =>
      meter.createObservableGauge(name, { unit }).addCallback((result) => {
        if (this.#last !== undefined) result.observe(of(this.#last.finding, this.#last.at), this.#labels);
      });
    gauge("muster.hearing.behind", "{event}", ({ behind }) => behind);
    gauge("muster.hearing.oldest_unheard", "s", ({ oldestUnheard }) =>
      oldestUnheard === undefined ? 0 : (Date.now() - oldestUnheard.getTime()) / 1000,
    );
    gauge("muster.hearing.unknown", "{event}", ({ unknown }) => unknown);
    gauge("muster.hearing.compared", "s", (_finding, at) => (Date.now() - at) / 1000);
  }

  show(finding: Finding): void {
    this.#last = { finding, at: Date.now() };
    this.#gapsFound.add(finding.gapsFound, this.#labels);
    this.#repaired.add(finding.repaired, this.#labels);
  }

  /** Another replica compares now. */
  clear(): void {
    this.#last = undefined;
  }
}
