import type { DesiredStateChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import type { ProfileChange } from "@muster/contracts/gen/muster/policy/v1/profile";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { HeardEvent } from "@muster/postgres/listen";
import { v5 as uuidFromName } from "uuid";
import type { AppleChannel } from "../domain/apple/apple-channel.ts";
import type { AppleRequest } from "../domain/apple/generic-orders.ts";
import type { Command } from "../domain/command.ts";
import { because } from "../domain/decide.ts";
import { type DeviceKey, keyOf } from "../domain/device-key.ts";
import { newCommand } from "../domain/new-command.ts";
import { POLICY } from "../domain/profile-change.ts";
import { holdAppleChannels } from "../storage/apple-channels.ts";
import { insertAppleBodies } from "../storage/apple-commands.ts";
import { saveReadiness } from "../storage/apple-readiness.ts";
import { insertCommands } from "../storage/commands.ts";
import { endSuperseded } from "../usecases/apple/end-superseded.ts";
import { AppleBodies, type BodySeal, whyNot, workFor } from "../usecases/apple/plan-apple.ts";
import { releaseDevices } from "../usecases/apple/release-devices.ts";
import { commandMessage } from "../usecases/command-message.ts";
import type { CommandWork } from "../usecases/ports.ts";

/** A profile that is wanted on a device is wanted for as long as a command can wait; policy asks again after that. */
const EXPIRES_AFTER_MS = 30 * 24 * 3_600_000;

/** The name space of ids that follow from an event of policy: made once for this purpose. */
const FOLLOWING = "0d1f6f0a-4f0b-4a8e-8d52-6c9b1c1f7e21";

interface Change {
  readonly tenant: string;
  readonly data: DesiredStateChanged;
  readonly trace: TraceCarrier;
}

interface Wish {
  readonly id: string;
  readonly request: AppleRequest;
  /** The PayloadIdentifier of the profile that it is about. */
  readonly identifier: string;
  readonly reason: string;
}

/**
 * Turns what policy wants changed on Apple's devices into commands under the ids that policy chose, so that a repeated
 * wish changes nothing. After profiles the device is asked once which it has. What a device may not be asked becomes a
 * command that failed: policy hears why.
 */
export const onDesiredState =
  (now: () => Date, sealing: BodySeal) =>
  async (work: CommandWork, events: readonly HeardEvent[]): Promise<void> => {
    const changes = events.flatMap(desiredIn);
    if (changes.length === 0) return;
    const channels = await holdAppleChannels(work.sql, changes.map(deviceOf));
    const bodies = new AppleBodies(sealing);
    const newest = new Map<string, Command>();
    for (const change of changes) {
      const channel = channels.get(keyOf(deviceOf(change)));
      // The device enrolled anew meanwhile: policy tells what it is to have since then.
      if (channel !== undefined && channel.epoch > change.data.appleGeneration) continue;
      for (const wish of wishesOf(change.data)) {
        const command = commandFor(change, wish, channel, bodies, now());
        if (command !== undefined) newest.set(`${keyOf(command)}/${placeOf(command)}`, command);
      }
    }
    await insertAppleBodies(work.sql, bodies.sealed);
    const commands = await insertCommands(work.sql, [...newest.values()]);
    await endSuperseded(
      work,
      commands.filter(({ state }) => state === "queued"),
      now(),
    );
    for (const command of commands) {
      work.emit({
        type: command.state === "failed" ? "muster.command.v1.CommandFailed" : "muster.command.v1.CommandQueued",
        tenant: command.tenant,
        deviceId: command.deviceId,
        actor: command.createdBy,
        trace: command.traceparent === "" ? {} : { traceparent: command.traceparent },
        data: { command: commandMessage(command) },
      });
    }
    const ready = changes.filter(({ data }) => data.readyToRelease);
    await saveReadiness(
      work.sql,
      ready.map((change) => ({ ...deviceOf(change), epoch: change.data.appleGeneration })),
    );
    // Those that have answered everything already come for it when they are woken.
    const waiting = new Map(ready.flatMap((change) => entryOf(channels.get(keyOf(deviceOf(change))))));
    await releaseDevices(work, [...waiting.values()], sealing.newId, now());
  };

const entryOf = (channel: AppleChannel | undefined): [string, AppleChannel][] =>
  channel === undefined ? [] : [[keyOf(channel), channel]];

const deviceOf = ({ tenant, data: { deviceId } }: Change): DeviceKey => ({ tenant, deviceId });

/** The devices that these events want changed. */
export const devicesToChange = (events: readonly HeardEvent[]): DeviceKey[] => events.flatMap(desiredIn).map(deviceOf);

const desiredIn = (event: HeardEvent): Change[] =>
  event.type === "muster.policy.v1.DesiredStateChanged" ? [event] : [];

/** Of what takes another's place only the last is kept; what was refused stands for itself. */
const placeOf = ({ apple, id, state }: Command): string =>
  state === "failed" || apple === undefined ? id : `${apple.userId}/${apple.supersedeKey}`;

/** What the event asks for, in its order; the question which profiles there are comes after them by its priority. */
function wishesOf({ deviceId, profiles, version }: DesiredStateChanged): Wish[] {
  const users = [...new Set(profiles.map(({ userId }) => userId))];
  return [
    ...profiles.map(profileWish),
    ...users.map((userId) => ({
      id: uuidFromName(`${deviceId}/${version}/${userId}`, FOLLOWING),
      request: { requestType: "ProfileList", userId, body: { parameters: {} } },
      identifier: "",
      reason: "its profiles were changed",
    })),
  ];
}

function profileWish({ commandId, identifier, profileId, remove, revision, userId }: ProfileChange): Wish {
  const request = remove
    ? { requestType: "RemoveProfile", userId, body: { parameters: { Identifier: identifier } } }
    : { requestType: "InstallProfile", userId, body: { parameters: {}, profile: { id: profileId, revision } } };
  const reason = remove
    ? `the profile ${identifier} is not for it any more`
    : `it is to have the profile ${identifier}`;
  return { id: commandId, request, identifier, reason };
}

/** Nothing when a question, which nobody asked for, cannot be asked. */
function commandFor(
  { data: { appleGeneration, deviceId }, tenant, trace }: Change,
  { id, identifier, reason, request }: Wish,
  channel: AppleChannel | undefined,
  bodies: AppleBodies,
  at: Date,
): Command | undefined {
  // A device that enrolled a moment ago may not be known here yet; it is looked at again when the command is delivered.
  const refusal = channel === undefined || !channel.enrolled ? undefined : whyNot(request, channel);
  if (refusal !== undefined && request.requestType === "ProfileList") return undefined;
  const command = newCommand({
    tenant,
    deviceId,
    id,
    type: "apple",
    script: undefined,
    apple: workFor(request, { epoch: appleGeneration }, bodies.idOf(tenant, request.body), identifier),
    createdBy: POLICY,
    reason,
    traceparent: trace.traceparent ?? "",
    createdAt: at,
    expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS),
  });
  return refusal === undefined ? command : { ...command, state: "failed", endedAt: at, result: because(refusal.code) };
}
