import { type LoadReport, Measurements } from "./load-report.ts";
import { startRelayAlone } from "./relay-alone.ts";
import { barePublishRate, drainRate, followRate } from "./relay-rate.ts";

export interface RelayLoadOptions {
  readonly rounds: number;
  readonly events: number;
  readonly progress: (sentence: string) => void;
}

/** Measures the relay alone, beside what the client's own publish brings in the same run. */
export async function relayLoad({ rounds, events, progress }: RelayLoadOptions): Promise<LoadReport> {
  const alone = await startRelayAlone();
  try {
    const measurements = new Measurements();
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}: ${events} events`);
      const bare = await barePublishRate({ ...alone, events: events / 2 });
      const { perSecond, cores } = await drainRate({ ...alone, events }, alone.pids);
      measurements.add("relay.events_per_s", perSecond, "1/s");
      measurements.add("relay.events_per_s_while_filled", await followRate({ ...alone, events }), "1/s");
      measurements.add("relay.bare_publish_per_s", bare, "1/s");
      measurements.add("relay.to_bare_publish", perSecond / bare, "times");
      for (const [name, share] of cores) measurements.add(`${name}.cores_at_relay`, share, "cores");
    }
    return measurements.report();
  } finally {
    await alone.stop();
  }
}
