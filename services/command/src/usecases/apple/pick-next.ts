import type { AppleChannel } from "../../domain/apple/apple-channel.ts";
import { type Command, hasEnded } from "../../domain/command.ts";
import type { Input } from "../../domain/decide.ts";
import { keyOf } from "../../domain/device-key.ts";
import { advance, type Step } from "../../domain/evolve.ts";
import { type Asking, findOutdated, forgetPutOff, lockNext } from "../../storage/apple-commands.ts";
import type { Visitor } from "../../storage/apple-visitors.ts";
import type { CommandWork } from "../ports.ts";
import { type CauseOf, recordSteps } from "../record-steps.ts";
import { INSTALLS } from "../vpp/follow-steps.ts";
import { askInstalls } from "./ask-installs.ts";
import { askInventory } from "./ask-inventory.ts";
import { type BodySeal, whyNot } from "./plan-apple.ts";
import { releaseDevices } from "./release-devices.ts";

/** How many commands are looked at for one device whose first is not handed out: those that it may no longer be asked end. */
const LOOKED_AT = 6;

interface Picking {
  readonly deps: BodySeal;
  /** What devices said in these visits; it is saved together with what they are handed. */
  readonly heard: readonly Step[];
  readonly cause: CauseOf;
  readonly now: Date;
}

/** Hands each channel its next command; what it may not be asked any more fails on the way. */
export async function pickNext(
  work: CommandWork,
  asking: readonly (Asking & Omit<Visitor, "channel">)[],
  { cause, deps, heard, now }: Picking,
) {
  const handed = new Map<string, Command>();
  // What was said of these is not saved yet.
  const done = new Set(heard.map(({ after }) => after.id));
  const choose = async (of: readonly Asking[], lookAt = 1): Promise<Step[]> => {
    if (of.length === 0) return [];
    const steps: Step[] = [];
    const found = await lockNext(work.sql, of, lookAt, now);
    const outdated = await findOutdated(
      work.sql,
      found.filter(({ deliveries }) => deliveries > 0),
    );
    const candidates = Map.groupBy(found, (command) => commandChannel(command));
    for (const { channel, userId } of of) {
      const key = channelKey(channel, userId);
      for (const command of candidates.get(key) ?? []) {
        if (done.has(command.id)) continue;
        done.add(command.id);
        const { requestType = "" } = command.apple ?? {};
        const no = whyNot({ requestType, userId }, channel);
        const input: Input = outdated.has(command.id)
          ? { kind: "superseded" }
          : { kind: "hand_out_apple", ineligible: no?.code };
        const { after, steps: taken } = advance(command, input, now);
        steps.push(...taken);
        if (taken.length === 0 || hasEnded(after)) continue;
        handed.set(key, after);
        break;
      }
    }
    if (lookAt > 1) return steps;
    const passedOver = of.filter(({ channel, userId }) => {
      const key = channelKey(channel, userId);
      return candidates.has(key) && !handed.has(key);
    });
    return [...steps, ...(await choose(passedOver, LOOKED_AT))];
  };
  const steps = [...heard, ...(await choose(asking.filter(({ asked, owed }) => asked || owed)))];
  await recordSteps(work, steps, cause);
  const putOff = asking.filter(({ fresh }) => fresh);
  const begun = putOff.filter(({ channel, userId }) => handed.has(channelKey(channel, userId)));
  if (begun.length > 0) await forgetPutOff(work.sql, begun);
  const more = await askIdle();
  await recordSteps(work, more, cause);
  return { steps: [...steps, ...more], handed };

  /** Whoever has nothing else to do is asked what it is like, and let out of Setup Assistant. */
  async function askIdle(): Promise<Step[]> {
    const isIdle = ({ channel }: Asking) => !handed.has(channelKey(channel, ""));
    const idle = asking.filter((each) => each.userId === "" && isIdle(each));
    const asked = await choose(await askInventory(work, idle, deps, now));
    const accepted = new Set(heard.flatMap(({ after }) => (isInstall(after) ? [keyOf(after)] : [])));
    const installing = idle.filter((each) => isIdle(each) && (each.installing || accepted.has(keyOf(each.channel))));
    const following = await choose(await askInstalls(work, installing, deps.newId, now));
    const settled = idle.filter(isIdle).map(({ channel }) => channel);
    const released = await releaseDevices(work, settled, deps.newId, now);
    const leaving = await choose(released.map((channel) => ({ channel, userId: "", fresh: true })));
    return [...asked, ...following, ...leaving];
  }
}

/** One channel of a device, and one command's. */
export const channelKey = (channel: AppleChannel, userId: string): string => `${keyOf(channel)}/${userId}`;

const isInstall = ({ apple }: Command): boolean => INSTALLS.has(apple?.requestType ?? "");

const commandChannel = (command: Command): string => `${keyOf(command)}/${command.apple?.userId ?? ""}`;
