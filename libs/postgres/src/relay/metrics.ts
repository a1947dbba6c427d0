import { metrics } from "@muster/host/telemetry";

/**
 * What the relay of this process says of itself. Made when the process has started its telemetry, not before: earlier
 * instruments count nothing.
 */
export class RelayMetrics {
  readonly #meter = metrics.getMeter("muster");
  /** When the oldest event was made that is read and not told; undefined when there is none. */
  oldestUntold: Date | undefined;
  /** The replicas that hold no office say nothing of the lag. */
  inOffice = false;
  readonly published = this.#meter.createCounter("muster.relay.published", {
    unit: "{event}",
    description: "Events that the bus acknowledged",
  });
  readonly batch = this.#meter.createHistogram("muster.relay.batch", {
    unit: "{event}",
    description: "Events published at once",
    advice: { explicitBucketBoundaries: [1, 4, 16, 64, 250, 999] },
  });
  readonly refused = this.#meter.createCounter("muster.relay.refused", {
    unit: "{batch}",
    description: "Batches that the bus did not take as they were",
  });
  readonly rewound = this.#meter.createCounter("muster.relay.rewound", {
    description: "Times that the bus held less than it had acknowledged",
  });
  readonly restored = this.#meter.createCounter("muster.relay.streams_restored", {
    unit: "{stream}",
    description: "Streams that were missing and were put back",
  });

  constructor() {
    this.#meter
      .createObservableGauge("muster.relay.lag", { unit: "s", description: "Age of the oldest event not yet told" })
      .addCallback((gauge) => {
        if (!this.inOffice) return;
        gauge.observe(this.oldestUntold === undefined ? 0 : (Date.now() - this.oldestUntold.getTime()) / 1_000);
      });
  }
}
