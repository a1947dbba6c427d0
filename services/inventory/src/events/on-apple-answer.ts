import type { HeardEvent } from "@muster/postgres/listen";
import { readAppleAnswer } from "../domain/apple/apple-answer.ts";
import type { Answer } from "../domain/distributed-write.ts";
import type { DeviceKey, FindHosts, HostAnswers, RecordAnswers } from "../usecases/ports.ts";

export interface AppleAnswerDeps {
  readonly findHosts: FindHosts;
  readonly record: RecordAnswers;
  readonly now: () => Date;
}

/**
 * Writes what Apple devices answer as facts, the way osquery's answers are written: it may be done twice, and says the same
 * the second time.
 */
export const onAppleAnswers =
  ({ findHosts, now, record }: AppleAnswerDeps) =>
  async (events: readonly HeardEvent[]): Promise<void> => {
    const answers = events.flatMap((event) => answerIn(event));
    if (answers.length === 0) return;
    const hosts = await findHosts(
      answers.map(({ deviceId, tenant }) => ({ tenant, deviceId })),
      now(),
    );
    const batch = answers.flatMap(({ answer, at, trace }, index): HostAnswers[] => {
      const host = hosts[index];
      if (host === undefined) return [];
      const { deviceId, ownership, platform, tenant } = host;
      return [{ tenant, deviceId, ownership, platform, answers: [answer], fingerprints: undefined, at, trace }];
    });
    await record(batch);
  };

interface Heard extends DeviceKey, Pick<HostAnswers, "at" | "trace"> {
  readonly answer: Answer;
}

/** Only the device's own channel tells what the device is like. */
function answerIn(event: HeardEvent): Heard[] {
  if (event.type !== "muster.command.v1.AppleAnswered" || event.data.userId !== "" || event.data.partial) return [];
  const { answeredAt, requestType, response } = event.data;
  const read = readAppleAnswer(requestType, response ?? {});
  if (read === undefined) return [];
  const { fact, rows } = read;
  const answer = { name: { kind: "detail", fact } as const, asked: requestType, rows, error: "", stats: undefined };
  return [{ tenant: event.tenant, deviceId: event.deviceId, answer, at: answeredAt ?? event.time, trace: event.trace }];
}
