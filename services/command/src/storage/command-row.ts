import { type Selectable, sql } from "kysely";
import type { AppleWork } from "../domain/apple/apple-work.ts";
import type { Command, CommandResult } from "../domain/command.ts";
import { dueAt } from "../domain/decide.ts";
import type { CommandsTable } from "./tables.ts";

export type CommandRow = Omit<
  Selectable<CommandsTable>,
  "due_at" | "output" | "apple_response" | "campaign_id" | "campaign_wave"
> & {
  readonly output?: string | null;
  readonly apple_response?: Readonly<Record<string, unknown>> | null;
};

const COLUMNS =
  `tenant device_id seq id type state script_id body_id body_bytes timeout_seconds created_by reason traceparent created_at
   expires_at delivered_at lease_until deliveries withdrawal_id withdrawal_lease_until ended_at exit_code output_truncated
   failure result_started_at result_ended_at version request_type user_id epoch priority supersede_key put_off apple_body_id
   apple_errors`.split(/\s+/);

const listed = (columns: readonly string[]) => sql.raw(columns.map((column) => `c.${column}`).join(", "));

/** The columns of a command `c`, without its output: that is read only where somebody wants to see it. */
export const commandColumns = listed(COLUMNS);

/** Those in which the commands of one device can be alike. */
export const sharedColumns = listed(COLUMNS.filter((column) => column !== "id" && column !== "seq"));

/**
 * The order in which the index of what Apple's devices have open has the commands `o` of one: asked for in it, they are read from there,
 * and not from an index that seemed as cheap while there were none (decision 17).
 */
export const openOrder = sql.raw("o.user_id, o.priority desc, o.seq");

/**
 * That a command `c`, which was found among the open ones and had to be waited for, is open still. Said by its state: asked for its
 * end, Postgres may read all that anybody has open instead of the rows that were found.
 */
export const stillOpen = sql.raw("c.state in ('queued', 'delivered', 'running')");

export function commandOf(row: CommandRow): Command {
  return {
    tenant: row.tenant,
    deviceId: row.device_id,
    seq: row.seq,
    id: row.id,
    type: row.type,
    state: row.state,
    script:
      row.body_id === null
        ? undefined
        : {
            scriptId: row.script_id,
            bodyId: row.body_id,
            bodyBytes: row.body_bytes,
            timeoutSeconds: row.timeout_seconds,
          },
    apple: appleOf(row),
    createdBy: row.created_by,
    reason: row.reason,
    traceparent: row.traceparent,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    deliveredAt: row.delivered_at ?? undefined,
    leaseUntil: row.lease_until ?? undefined,
    deliveries: row.deliveries,
    withdrawal:
      row.withdrawal_id === null
        ? undefined
        : { id: row.withdrawal_id, leaseUntil: row.withdrawal_lease_until ?? undefined },
    endedAt: row.ended_at ?? undefined,
    result: resultOf(row),
    version: row.version,
  };
}

const appleOf = (row: CommandRow): AppleWork | undefined =>
  row.request_type === ""
    ? undefined
    : {
        requestType: row.request_type,
        userId: row.user_id,
        epoch: row.epoch,
        priority: row.priority,
        supersedeKey: row.supersede_key,
        putOff: row.put_off,
        bodyId: row.apple_body_id ?? undefined,
      };

// A result always has a failure text, be it empty.
function resultOf(row: CommandRow): CommandResult | undefined {
  if (row.failure === null) return undefined;
  return {
    exitCode: row.exit_code ?? undefined,
    output: row.output ?? "",
    outputTruncated: row.output_truncated ?? false,
    reason: row.failure,
    startedAt: row.result_started_at ?? undefined,
    endedAt: row.result_ended_at ?? undefined,
    apple: row.apple_errors === null ? undefined : { response: row.apple_response ?? {}, errors: row.apple_errors },
  };
}

/** What changes in a command's life, as a row. */
export const changeableRow = (command: Command) => ({
  tenant: command.tenant,
  device_id: command.deviceId,
  seq: command.seq,
  state: command.state,
  due_at: dueAt(command),
  delivered_at: command.deliveredAt ?? null,
  lease_until: command.leaseUntil ?? null,
  deliveries: command.deliveries,
  withdrawal_id: command.withdrawal?.id ?? null,
  withdrawal_lease_until: command.withdrawal?.leaseUntil ?? null,
  ended_at: command.endedAt ?? null,
  exit_code: command.result?.exitCode ?? null,
  output: command.result?.output ?? null,
  output_truncated: command.result?.outputTruncated ?? null,
  failure: command.result?.reason ?? null,
  result_started_at: command.result?.startedAt ?? null,
  result_ended_at: command.result?.endedAt ?? null,
  version: command.version,
  put_off: command.apple?.putOff ?? false,
  apple_response: command.result?.apple === undefined ? null : JSON.stringify(command.result.apple.response),
  apple_errors: command.result?.apple === undefined ? null : JSON.stringify(command.result.apple.errors),
});
