import { fromBinary } from "@bufbuild/protobuf";
import { CommandType, commandTypeToNumber } from "@muster/contracts/gen/muster/command/v1/command";
import type { RestRoute } from "@muster/contracts/rest";
import { mayDo, type Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";

/** A field that tells or does more than the method's own right allows: who sets it needs this right, too. */
interface Further {
  readonly field: string;
  /** Only when it says this. */
  readonly value?: unknown;
  readonly action: string;
}

const UNENROLLS: Further = {
  field: "type",
  value: commandTypeToNumber(CommandType.COMMAND_TYPE_UNENROLL),
  action: "enrollment.unenroll",
};

const FURTHER: Readonly<Record<string, readonly Further[]>> = {
  "muster.inventory.v1.DeviceService.ListDevices": [{ field: "compliance", action: "policy.read" }],
  "muster.command.v1.CommandService.EnqueueCommands": [UNENROLLS],
  "muster.command.v1.CampaignService.CreateCampaign": [UNENROLLS],
};

/** Refuses a request that asks for more than it was admitted for. */
export function checkFurtherRights({ rpc }: RestRoute, message: Buffer, principal: Principal): void {
  const fields = FURTHER[`${rpc.parent.typeName}.${rpc.name}`];
  // Most may do it all: their request, which may name very many devices, needs no reading for that.
  if (fields === undefined || fields.every(({ action }) => mayDo(principal, action))) return;
  const request = fromBinary(rpc.input, message) as unknown as Readonly<Record<string, unknown>>;
  for (const { action, field, value } of fields) {
    const isSet = value === undefined ? Boolean(request[field]) : request[field] === value;
    if (isSet && !mayDo(principal, action))
      throw refuse("api.forbidden", `the role ${principal.role} may not use ${field}; it needs the right ${action}`);
  }
}
