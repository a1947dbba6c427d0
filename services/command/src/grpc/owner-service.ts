import type { OwnerServiceServer } from "@muster/contracts/gen/muster/command/v1/owner_service";
import { Uuids } from "@muster/postgres/uuids";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { holdKinds } from "../storage/device-kinds.ts";
import { type OwnerLinkDeps, redeemOwnerLink } from "../usecases/owner-links.ts";
import { ownerRules } from "../usecases/owner-rules.ts";

export function ownerMethods(deps: Pick<OwnerLinkDeps, "database" | "now">): Methods<OwnerServiceServer> {
  const redeem = redeemOwnerLink(deps);
  return {
    redeemOwnerLink: async ({ token }, { tenant }) => ({ deviceId: await redeem(tenant, token) }),
    describeCommands: async ({ deviceId }, { tenant }) => {
      if (!isUuid(deviceId)) throw refuse("command.bad_request", "device_id is a device's id");
      const [kind] = await deps.database.tenant(tenant, (work) => holdKinds(work.sql, tenant, Uuids.of([deviceId])));
      return { rules: ownerRules({ apple: kind?.apple, reach: kind?.reach }) };
    },
  };
}
