import type { TraceCarrier } from "@muster/host/telemetry";
import type { AskedDevice } from "../domain/detail.ts";
import type { Answer } from "../domain/distributed-write.ts";
import { type DeviceKey, keyOf } from "./schema.ts";

export interface HostAnswers extends DeviceKey, AskedDevice {
  readonly answers: readonly Answer[];
  /** Those of the answers, when they are about details only. */
  readonly fingerprints: Readonly<Record<string, string>> | undefined;
  readonly at: Date;
  readonly trace: TraceCarrier;
}

/** Each device once. To the same question answered twice, the later answer counts. */
export function mergePerDevice(batch: readonly HostAnswers[]): HostAnswers[] {
  const merged = new Map<string, HostAnswers>();
  for (const item of batch) {
    const before = merged.get(keyOf(item));
    merged.set(keyOf(item), before === undefined ? item : both(before, item));
  }
  return [...merged.values()];
}

function both(before: HostAnswers, after: HostAnswers): HostAnswers {
  const last = new Map([...before.answers, ...after.answers].map((answer) => [JSON.stringify(answer.name), answer]));
  const fingerprints =
    before.fingerprints && after.fingerprints ? { ...before.fingerprints, ...after.fingerprints } : undefined;
  return { ...after, answers: [...last.values()], fingerprints };
}
