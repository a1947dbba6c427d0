import { fromBinary } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import { mayDo, type Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";

/** Fields that tell more than the method's own right allows, by method: who sets them needs this right, too. */
const FURTHER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "muster.inventory.v1.DeviceService.ListDevices": { compliance: "policy.read" },
};

/** Refuses a request that asks for more than it was admitted for. */
export function checkFurtherRights({ rpc }: RestRoute, message: Buffer, principal: Principal): void {
  const fields = FURTHER[`${rpc.parent.typeName}.${rpc.name}`];
  if (fields === undefined) return;
  const request = fromBinary(rpc.input, message) as unknown as Readonly<Record<string, unknown>>;
  for (const [field, action] of Object.entries(fields)) {
    if (Boolean(request[field]) && !mayDo(principal, action))
      throw refuse("api.forbidden", `the role ${principal.role} may not use ${field}; it needs the right ${action}`);
  }
}
