import { createHistogram } from "node:perf_hooks";
import type { Delivery, WebhookReceiver } from "../simulators/webhook-receiver.ts";

export interface WebhookLatencyOptions {
  readonly receiver: WebhookReceiver;
  readonly rounds: number;
  /**
   * Makes the change whose webhook is awaited, such as a device's answer that turns a policy.
   * @returns when the device sent it, in milliseconds since 1970 with fractions.
   */
  readonly change: (round: number) => Promise<number>;
  readonly isAbout: (delivery: Delivery, round: number) => boolean;
  readonly timeoutMs?: number;
}

export interface WebhookLatency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly unverified: number;
}

/** Measures from the device's answer to the arrival of the signed webhook, one change after the other. */
export const webhookLatency = async (options: WebhookLatencyOptions): Promise<WebhookLatency> => {
  const microseconds = createHistogram();
  let unverified = 0;
  for (let round = 0; round < options.rounds; round += 1) {
    const sentAt = await options.change(round);
    const delivery = await options.receiver.arrivals.first(
      (arrived) => arrived.at >= sentAt && options.isAbout(arrived, round),
      `the webhook of round ${round}`,
      options.timeoutMs,
    );
    microseconds.record(Math.max(1, Math.round((delivery.at - sentAt) * 1000)));
    if (!delivery.verified) unverified += 1;
  }
  return { p50Ms: microseconds.percentile(50) / 1000, p99Ms: microseconds.percentile(99) / 1000, unverified };
};
