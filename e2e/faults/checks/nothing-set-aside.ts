import type { RestClient } from "../../journeys/testing/rest-client.ts";
import { type Finding, finding } from "./check.ts";

interface ConsumerHealth {
  readonly consumer: string;
  readonly gapsFound?: string;
  readonly repaired?: string;
  readonly parkedEvents?: number;
  readonly deadLetters?: number;
}

export interface Backbone {
  readonly consumers: readonly ConsumerHealth[];
  readonly unanswered?: readonly string[];
}

/** An injury is no event's fault: when all is well again, none waits and none was given up. */
export async function nothingSetAside(api: RestClient): Promise<Finding & { readonly repaired: number }> {
  const { consumers, unanswered = [] } = await api
    .until<Backbone, Backbone>("/api/v1/backbone", (answer) => (isClear(answer) ? answer : undefined), 60_000)
    .catch(() => api.get<Backbone>("/api/v1/backbone"));
  return {
    ...finding("no event is parked or given up", consumers.length, [
      ...unanswered.map((service) => `${service} did not answer`),
      ...consumers
        .filter(({ parkedEvents = 0, deadLetters = 0 }) => parkedEvents + deadLetters > 0)
        .map((each) => `${each.consumer} has ${each.parkedEvents ?? 0} parked and ${each.deadLetters ?? 0} given up`),
    ]),
    repaired: consumers.reduce((sum, { repaired = "0" }) => sum + Number(repaired), 0),
  };
}

const isClear = ({ consumers, unanswered = [] }: Backbone): boolean =>
  unanswered.length === 0 &&
  consumers.every(({ parkedEvents = 0, deadLetters = 0 }) => parkedEvents + deadLetters === 0);
