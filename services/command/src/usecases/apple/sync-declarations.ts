import type { DesiredStateChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { HeardEvent } from "@muster/postgres/listen";
import type { AppleRequest } from "../../domain/apple/generic-orders.ts";
import type { Command } from "../../domain/command.ts";
import { because } from "../../domain/decide.ts";
import { type DeviceKey, keyOf } from "../../domain/device-key.ts";
import { newCommand } from "../../domain/new-command.ts";
import { POLICY } from "../../domain/profile-change.ts";
import { holdAppleChannels } from "../../storage/apple-channels.ts";
import { insertAppleBodies } from "../../storage/apple-commands.ts";
import { insertCommands } from "../../storage/commands.ts";
import { commandMessage } from "../command-message.ts";
import type { CommandWork } from "../ports.ts";
import { endSuperseded } from "./end-superseded.ts";
import { AppleBodies, type BodySeal, whyNot, workFor } from "./plan-apple.ts";

/** A device that comes after this is told by policy's tokens all the same, at its next report. */
const EXPIRES_AFTER_MS = 30 * 24 * 3_600_000;

interface Change {
  readonly tenant: string;
  readonly data: DesiredStateChanged;
  readonly trace: TraceCarrier;
}

/**
 * Tells devices whose declarations changed to fetch them, under the ids that policy chose: a repeated event changes nothing,
 * and of several changes that wait for a channel only the last is told. The command carries the tokens, which spares the
 * device the question for them.
 */
export const syncDeclarations =
  (now: () => Date, sealing: BodySeal) =>
  async (work: CommandWork, events: readonly HeardEvent[]): Promise<void> => {
    const changes = newestOfEach(events.flatMap(changesIn));
    if (changes.length === 0) return;
    const at = now();
    const channels = await holdAppleChannels(work.sql, changes.map(deviceOf));
    const bodies = new AppleBodies(sealing);
    const asked = changes.flatMap((change): Command[] => {
      const channel = channels.get(keyOf(deviceOf(change)));
      const { appleGeneration: epoch } = change.data;
      // The device enrolled anew meanwhile: policy tells what it is to have since then.
      if (channel !== undefined && channel.epoch > epoch) return [];
      const request = requestFor(change, at);
      // A device that enrolled a moment ago may not be known here yet; it is looked at again when the command is delivered.
      const refusal = channel?.enrolled === true && channel.epoch === epoch ? whyNot(request, channel) : undefined;
      const apple = workFor(request, { epoch }, bodies.idOf(change.tenant, request.body));
      const command = commandFor(change, apple, at);
      return [
        refusal === undefined ? command : { ...command, state: "failed", endedAt: at, result: because(refusal.code) },
      ];
    });
    await insertAppleBodies(work.sql, bodies.sealed);
    const commands = await insertCommands(work.sql, asked);
    await endSuperseded(
      work,
      commands.filter(({ state }) => state === "queued"),
      at,
    );
    for (const command of commands)
      work.emit({
        type: command.state === "failed" ? "muster.command.v1.CommandFailed" : "muster.command.v1.CommandQueued",
        tenant: command.tenant,
        deviceId: command.deviceId,
        actor: command.createdBy,
        trace: command.traceparent === "" ? {} : { traceparent: command.traceparent },
        data: { command: commandMessage(command) },
      });
  };

const deviceOf = ({ data: { deviceId }, tenant }: Change): DeviceKey => ({ tenant, deviceId });

const changesIn = (event: HeardEvent): Change[] =>
  event.type === "muster.policy.v1.DesiredStateChanged" && event.data.declarationsCommandId !== "" ? [event] : [];

function newestOfEach(changes: readonly Change[]): Change[] {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const key = `${keyOf(deviceOf(change))}/${change.data.declarationsUserId}`;
    const known = newest.get(key);
    if (known === undefined || known.data.version <= change.data.version) newest.set(key, change);
  }
  return [...newest.values()];
}

/** The command with the tokens as a device would be answered them. */
function requestFor({ data: { declarationsDigest, declarationsUserId } }: Change, at: Date): AppleRequest {
  const tokens = { DeclarationsToken: declarationsDigest, Timestamp: `${at.toISOString().slice(0, 19)}Z` };
  const data = Buffer.from(JSON.stringify({ SyncTokens: tokens })).toString("base64");
  return { requestType: "DeclarativeManagement", userId: declarationsUserId, body: { parameters: { Data: data } } };
}

const commandFor = ({ data, tenant, trace }: Change, apple: Command["apple"], at: Date): Command =>
  newCommand({
    tenant,
    deviceId: data.deviceId,
    id: data.declarationsCommandId,
    type: "apple",
    script: undefined,
    apple,
    createdBy: POLICY,
    reason: "its declarations changed",
    traceparent: trace.traceparent ?? "",
    createdAt: at,
    expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS),
  });
