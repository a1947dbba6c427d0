import { metrics } from "@muster/host/telemetry";

/** What the pushes of this process come to. Made when telemetry has started: earlier instruments count nothing. */
export class PushMetrics {
  readonly #meter = metrics.getMeter("muster");
  readonly pushes = this.#meter.createCounter("muster.command.pushes", {
    unit: "{push}",
    description: "Pushes to Apple's push service, by what came of them",
  });
  readonly duration = this.#meter.createHistogram("muster.command.push.duration", {
    unit: "s",
    description: "From handing a push to a connection until its answer",
    advice: { explicitBucketBoundaries: [0.005, 0.02, 0.1, 0.5, 2, 10] },
  });
  readonly paused = this.#meter.createCounter("muster.command.push.pauses", {
    description: "Times that a topic's pushes paused because Apple's push service was in trouble",
  });
}
