import type { IdentityRenewalRequested } from "@muster/contracts/gen/muster/enrollment/v1/enrollment_events";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { HeardEvent } from "@muster/postgres/listen";
import type { AppleRequest } from "../domain/apple/generic-orders.ts";
import type { Command } from "../domain/command.ts";
import { because } from "../domain/decide.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";
import { newCommand } from "../domain/new-command.ts";
import { holdAppleChannels } from "../storage/apple-channels.ts";
import { insertAppleBodies } from "../storage/apple-commands.ts";
import { insertCommands } from "../storage/commands.ts";
import { AppleBodies, type BodySeal, whyNot, workFor } from "../usecases/apple/plan-apple.ts";
import { commandMessage } from "../usecases/command-message.ts";
import type { CommandWork } from "../usecases/ports.ts";

const EXPIRES_AFTER_MS = 7 * 24 * 3_600_000;
/** The profile itself is fetched at each delivery, and kept nowhere. */
const RENEWAL: AppleRequest = {
  requestType: "InstallProfile",
  userId: "",
  body: { parameters: {}, fill: { Payload: "renewal_profile" } },
};

interface Renewal {
  readonly tenant: string;
  readonly actor: string;
  readonly data: IdentityRenewalRequested;
  readonly trace: TraceCarrier;
}

/**
 * Turns enrollment's wish for a new certificate into a command under the id that enrollment chose, so that a repeated wish
 * changes nothing. What cannot be done becomes a command that failed: enrollment hears of it and asks again later.
 */
export async function askForRenewals(
  work: CommandWork,
  events: readonly HeardEvent[],
  now: () => Date,
  sealing: BodySeal,
): Promise<void> {
  const wishes = events.flatMap(renewalsIn);
  if (wishes.length === 0) return;
  const channels = await holdAppleChannels(work.sql, wishes.map(deviceOf));
  const bodies = new AppleBodies(sealing);
  const commands = wishes.map((wish): Command => {
    const channel = channels.get(keyOf(deviceOf(wish)));
    if (channel?.enrolled !== true || channel.enrollmentId !== wish.data.enrollmentId)
      return failed(commandFor(wish, undefined, now()), "command.device_unenrolled");
    const refusal = whyNot(RENEWAL, channel);
    const bodyId = refusal === undefined ? bodies.idOf(wish.tenant, RENEWAL.body) : undefined;
    const command = commandFor(wish, workFor(RENEWAL, channel, bodyId), now());
    return refusal === undefined ? command : failed(command, refusal.code);
  });
  await insertAppleBodies(work.sql, bodies.sealed);
  for (const command of await insertCommands(work.sql, commands)) {
    work.emit({
      type: command.state === "failed" ? "muster.command.v1.CommandFailed" : "muster.command.v1.CommandQueued",
      tenant: command.tenant,
      deviceId: command.deviceId,
      actor: command.createdBy,
      trace: command.traceparent === "" ? {} : { traceparent: command.traceparent },
      data: { command: commandMessage(command) },
    });
  }
}

const deviceOf = ({ tenant, data: { deviceId } }: Renewal): DeviceKey => ({ tenant, deviceId });

function renewalsIn(event: HeardEvent): Renewal[] {
  return event.type === "muster.enrollment.v1.IdentityRenewalRequested" ? [event] : [];
}

const commandFor = ({ actor, data, tenant, trace }: Renewal, apple: Command["apple"], now: Date): Command =>
  newCommand({
    tenant,
    deviceId: data.deviceId,
    id: data.commandId,
    type: "apple",
    script: undefined,
    apple,
    createdBy: actor === "" ? "muster" : actor,
    reason: "its certificate is renewed",
    traceparent: trace.traceparent ?? "",
    createdAt: now,
    expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
  });

const failed = (command: Command, reason: string): Command => ({
  ...command,
  state: "failed",
  endedAt: command.createdAt,
  result: because(reason),
});
