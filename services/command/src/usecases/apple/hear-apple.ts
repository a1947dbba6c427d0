import { validate as isUuid } from "uuid";
import type { AppleChannel } from "../../domain/apple/apple-channel.ts";
import { type AppleReport, inputOf } from "../../domain/apple/apple-report.ts";
import { withoutPrivate } from "../../domain/apple/private-answers.ts";
import { withoutSecrets } from "../../domain/apple/secret-answers.ts";
import type { Command } from "../../domain/command.ts";
import { keyOf } from "../../domain/device-key.ts";
import { advance, type Step } from "../../domain/evolve.ts";
import { lockAppleByIds } from "../../storage/commands.ts";
import { noteStrays, type StrayResult } from "../../storage/stray-results.ts";
import type { CommandWork } from "../ports.ts";
import { keepDescription } from "./keep-description.ts";
import { type KeepDeps, keepSecrets } from "./keep-secrets.ts";
import { tellRelease } from "./release-devices.ts";
import { tellAnswer } from "./tell-answer.ts";

export type HearDeps = KeepDeps;

export interface Heard {
  readonly channel: AppleChannel;
  readonly userId: string;
  readonly report: AppleReport;
}

export interface Hearing {
  readonly steps: readonly Step[];
  /** Devices, by `keyOf`, that are asked at once what they are like: something about them has changed. */
  readonly restless: ReadonlySet<string>;
}

/** Hears the reports; what is late, repeated or foreign is noted and changes nothing, but no secret is lost over that. */
export async function hearApple(
  work: CommandWork,
  reports: readonly Heard[],
  deps: HearDeps,
  now: Date,
): Promise<Hearing> {
  if (reports.length === 0) return { steps: [], restless: new Set() };
  const keys = reports.flatMap(({ channel, report }) =>
    isUuid(report.commandId) ? [{ ...device(channel), id: report.commandId.toLowerCase() }] : [],
  );
  const known = new Map(
    (await lockAppleByIds(work.sql, keys)).map((command) => [`${keyOf(command)}/${command.id}`, command]),
  );
  const steps: Step[] = [];
  const strays: StrayResult[] = [];
  const carriedOut: { readonly command: Command; readonly report: AppleReport }[] = [];
  for (const { channel, report, userId } of reports) {
    const key = `${keyOf(channel)}/${report.commandId.toLowerCase()}`;
    const command = known.get(key);
    const isIts = command?.apple !== undefined && command.apple.userId === userId;
    const requestType = isIts ? (command.apple?.requestType ?? "") : "";
    const said: AppleReport = { ...report, response: keptOf(requestType, channel, report) };
    const { after, steps: taken } = isIts ? advance(command, inputOf(said, now), now) : { after: undefined, steps: [] };
    if (after !== undefined) known.set(key, after);
    // A key that was changed is changed, also when nobody waits for the answer any more.
    if (isIts && command.deliveries > 0 && report.status === "Acknowledged") carriedOut.push({ command, report });
    steps.push(...taken);
    for (const step of taken) {
      tellAnswer(work, step, channel, said.response, now);
      tellRelease(work, step, channel);
    }
    if (userId === "" && taken.some(({ event }) => event.type === "CommandAcknowledged"))
      await keepDescription(work, channel, requestType, said.response);
    if (taken.length > 0) continue;
    const kind = !isIts || command.state === "queued" ? "foreign" : "repeated";
    const id = report.commandId.replaceAll("\0", "\uFFFD").slice(0, 100);
    strays.push({ ...device(channel), commandId: id, kind, state: report.status });
  }
  const restless = await keepSecrets(work, carriedOut, deps, now);
  await noteStrays(work.sql, strays, now);
  return { steps, restless };
}

const device = ({ deviceId, tenant }: AppleChannel) => ({ tenant, deviceId });

/** What of an answer is kept: no secrets, and of a person's own device nothing that is the person's. */
function keptOf(requestType: string, { personal }: AppleChannel, { response }: AppleReport): AppleReport["response"] {
  const open = withoutSecrets(requestType, response);
  return personal ? withoutPrivate(requestType, open) : open;
}
