import type { RemediationRequested } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { HeardEvent } from "@muster/postgres/listen";
import { whyNot } from "../domain/channel.ts";
import type { Command } from "../domain/command.ts";
import { because } from "../domain/decide.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";
import { newCommand } from "../domain/new-command.ts";
import { holdChannels } from "../storage/channels.ts";
import { insertCommands } from "../storage/commands.ts";
import { copyScript } from "../storage/scripts.ts";
import { commandMessage } from "../usecases/command-message.ts";
import type { CommandWork } from "../usecases/ports.ts";

const EXPIRES_AFTER_MS = 24 * 3_600_000;
const TIMEOUT_SECONDS = 300;

interface Remediation {
  readonly tenant: string;
  readonly data: RemediationRequested;
  readonly trace: TraceCarrier;
}

/**
 * Turns a policy's wish into a script command under the id the policy chose, so that a repeated wish changes nothing.
 * What cannot be done becomes a command that failed: whoever looks for it finds out why.
 */
export const onRemediation =
  (now: () => Date, newId: () => string) =>
  async (work: CommandWork, events: readonly HeardEvent[]): Promise<void> => {
    const wishes = events.flatMap(remediationsIn);
    if (wishes.length === 0) return;
    const channels = await holdChannels(work.sql, wishes.map(deviceOf));
    const bodies = new Map<string, { bodyId: string; bodyBytes: number } | undefined>();
    const commands: Command[] = [];
    for (const wish of wishes) {
      const { tenant, data } = wish;
      const script = `${tenant}/${data.scriptId}`;
      // One copy serves all devices of this batch.
      if (!bodies.has(script)) bodies.set(script, await bodyOf(work, tenant, data.scriptId, newId()));
      const body = bodies.get(script);
      const refusal = whyNot({ type: "run_script", freeText: false }, channels.get(keyOf(deviceOf(wish))));
      commands.push(
        commandFor(wish, body, refusal?.code ?? (body === undefined ? "script.unknown" : undefined), now()),
      );
    }
    for (const command of await insertCommands(work.sql, commands)) {
      const failed = command.state === "failed";
      work.emit({
        type: failed ? "muster.command.v1.CommandFailed" : "muster.command.v1.CommandQueued",
        tenant: command.tenant,
        deviceId: command.deviceId,
        actor: command.createdBy,
        trace: command.traceparent === "" ? {} : { traceparent: command.traceparent },
        data: { command: commandMessage(command) },
      });
    }
  };

const deviceOf = ({ tenant, data: { deviceId } }: Remediation): DeviceKey => ({ tenant, deviceId });

/** The devices that these events ask something of. */
export const devicesToRemedy = (events: readonly HeardEvent[]): DeviceKey[] =>
  events.flatMap(remediationsIn).map(deviceOf);

const remediationsIn = (event: HeardEvent): Remediation[] =>
  event.type === "muster.policy.v1.RemediationRequested" ? [event] : [];

async function bodyOf(work: CommandWork, tenant: string, scriptId: string, bodyId: string) {
  const bodyBytes = await copyScript(work.sql, { tenant, scriptId, bodyId });
  return bodyBytes === undefined ? undefined : { bodyId, bodyBytes };
}

function commandFor(
  { tenant, data, trace }: Remediation,
  body: { readonly bodyId: string; readonly bodyBytes: number } | undefined,
  refusal: string | undefined,
  now: Date,
): Command {
  const command = newCommand({
    tenant,
    deviceId: data.deviceId,
    id: data.commandId,
    type: "run_script",
    script: body === undefined ? undefined : { ...body, scriptId: data.scriptId, timeoutSeconds: TIMEOUT_SECONDS },
    apple: undefined,
    createdBy: `policy:${data.policyId}`,
    reason: `the policy ${data.policyName} fails`,
    traceparent: trace.traceparent ?? "",
    createdAt: now,
    expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
  });
  return refusal === undefined ? command : { ...command, state: "failed", endedAt: now, result: because(refusal) };
}
