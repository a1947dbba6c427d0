import type { BusinessManagerServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/business_manager_service";
import type { Methods } from "@muster/rpc/server";
import {
  announceAccountSignIns,
  type BusinessManagerDeps,
  listBetaTokens,
  lockActivation,
} from "../usecases/automated/business-manager.ts";
import { type DisownDeps, disownDevices } from "../usecases/automated/disown-devices.ts";

/** BusinessManagerService as the contract describes it. */
export function businessManagerMethods(deps: BusinessManagerDeps & DisownDeps): Methods<BusinessManagerServiceServer> {
  const [disown, lock, tokens] = [disownDevices(deps), lockActivation(deps), listBetaTokens(deps)];
  const announce = announceAccountSignIns(deps);
  return {
    disownDevices: async ({ id: serverId, reason, serialNumbers }, caller) => {
      const { devices, waitsUntil } = await disown({ serverId, serialNumbers, reason }, caller);
      return { devices: [...devices], secondPersonUntil: waitsUntil };
    },
    lockActivation: ({ id: serverId, lostMessage, serialNumber }, { actor, tenant }) =>
      lock({ tenant, serverId, actor }, serialNumber, lostMessage),
    announceAccountSignIns: async ({ id: serverId }, { tenant }) => ({
      discoveryUrl: await announce({ tenant, serverId }),
    }),
    listBetaTokens: async ({ id: serverId }, { tenant }) => ({
      tokens: (await tokens({ tenant, serverId })).map((token) => ({ ...token })),
    }),
  };
}
