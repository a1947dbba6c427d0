import { setTimeout as delay } from "node:timers/promises";
import type { Api, Json } from "../api/client.ts";
import { deviceIds } from "../api/device.ts";
import { labelIds } from "../api/label.ts";
import { allChosen, countOf } from "../devices/chosen-devices.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { AnswerPrinter } from "../output/answers.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";

export interface QueryOptions extends GlobalOptions {
  readonly device?: readonly string[];
  readonly label?: readonly string[];
  readonly platform?: readonly string[];
  readonly all?: boolean;
  readonly selector?: readonly string[];
  readonly timeout: string;
}

/** Asks devices a question now and prints the answers as they come; ends as soon as all have answered. */
export async function query(sql: string, options: QueryOptions): Promise<void> {
  const timeoutSec = Number(options.timeout);
  if (!(timeoutSec > 0)) throw usage("--timeout is a number of seconds");
  const session = openSession(options);
  const selection = await selectionOf(session.api, options);
  const live = await session.api.call("/api/v1/live-queries", {
    method: "POST",
    body: { sql, selection, expiresInSeconds: Math.ceil(timeoutSec) + 5 },
  });
  const missing = await follow(session, live, timeoutSec);
  if (missing === 0) return;
  await session.api.call(`/api/v1/live-queries/${live.id}/stop`, { method: "POST" });
  const exitCode = missing < Number(live.targets) ? EXIT.partly : EXIT.unreachable;
  throw new Failure(exitCode, `${missing} of ${live.targets} devices did not answer within ${timeoutSec} s`);
}

/** Whom the options mean. How many a selector found is told before they are asked. */
async function selectionOf(api: Api, { device = [], label = [], platform = [], all = false, selector }: QueryOptions) {
  const isNarrowed = label.length + platform.length > 0;
  if (selector !== undefined) {
    if (isNarrowed || all)
      throw usage("--selector says whom by itself, beside --device: label= and platform= are parts of it");
    const devices = await allChosen(api, { names: device, selector });
    process.stderr.write(`asks ${countOf(devices)}\n`);
    return { deviceIds: devices.map(({ id }) => id as string) };
  }
  if (device.length === 0 && !isNarrowed && !all)
    throw usage("whom to ask? Give --device, --label, --platform or --selector, or --all for every device.");
  return { deviceIds: await deviceIds(api, device), labelIds: await labelIds(api, label), platforms: platform };
}

/** Prints what is answered until all have, or time is up; returns how many have not. */
async function follow({ api, format }: Session, live: Json, timeoutSec: number): Promise<number> {
  const targets = Number(live.targets);
  if (targets === 0) throw new Failure(EXIT.missing, "no device matches; `muster get devices` lists what there is");
  const printer = new AnswerPrinter(format, targets > 1);
  const stop = new AbortController();
  const answered = new Set<string>();
  const timer = delay(timeoutSec * 1_000, undefined, { signal: stop.signal }).then(
    () => stop.abort(),
    () => undefined,
  );
  try {
    const asked = { path: { id: live.id as string }, signal: stop.signal };
    for await (const { answer, liveQuery } of api.client.items("/api/v1/live-queries/{id}/answers", asked)) {
      if (answer && !answered.has(answer.deviceId)) {
        answered.add(answer.deviceId);
        await printer.answer(answer);
      }
      if (
        answered.size >= targets ||
        (liveQuery && liveQuery.state !== "running" && liveQuery.answered <= answered.size)
      )
        break;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    await timer;
    printer.end();
  }
  return targets - answered.size;
}
