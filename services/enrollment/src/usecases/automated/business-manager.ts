import { BYPASS_BYTES, bypassCode } from "../../domain/automated/bypass-code.ts";
import { refuse } from "../../domain/refusals.ts";
import type { Escrow } from "../apple/escrow.ts";
import { type AskAppleDeps, askApple } from "./ask-apple.ts";
import type { BetaToken } from "./ports.ts";
import { devicesOfServer, type ServerOfTenant } from "./server-devices.ts";

export interface BusinessManagerDeps extends AskAppleDeps {
  readonly escrow: Escrow;
  readonly randomBytes: (count: number) => Buffer;
  /** Where devices find us by an account. */
  readonly discoveryUrl: string;
  readonly now: () => Date;
}

const LONGEST_MESSAGE = 500;

/** Has Apple lock a device that is lost. The code that opens it is in escrow before, where the device is known. */
export const lockActivation =
  (deps: BusinessManagerDeps) =>
  async (
    { actor, serverId, tenant }: ServerOfTenant & { readonly actor: string },
    serialNumber: string,
    lostMessage: string,
  ): Promise<{ readonly result: string; readonly deviceId: string }> => {
    if (lostMessage.length > LONGEST_MESSAGE)
      throw refuse("automated.bad_devices", `lost_message has at most ${LONGEST_MESSAGE} characters`);
    return askApple(deps, tenant, serverId, async (abm) => {
      const [found] = await devicesOfServer(deps, { tenant, serverId }, [serialNumber]);
      if (found === undefined)
        throw refuse("automated.not_assigned", "the device is not assigned to this server at Apple");
      const { deviceId } = found;
      const code = deviceId === undefined ? undefined : bypassCode(deps.randomBytes(BYPASS_BYTES));
      const keep = async (unproven: boolean) => {
        if (deviceId === undefined || code === undefined) return;
        const owner = { tenant, deviceId, kind: "activation_lock_bypass_code" } as const;
        const giving = { actor, at: deps.now(), unproven };
        await deps.database.tenant(tenant, (work) => deps.escrow.take(work, owner, Buffer.from(code.code), giving));
      };
      await keep(true);
      const result = await abm.lockActivation(serialNumber, { escrowKey: code?.escrowKey ?? "", lostMessage });
      if (result === "SUCCESS") await keep(false);
      return { result, deviceId: deviceId ?? "" };
    });
  };

/** @returns the address that Apple was told. */
export const announceAccountSignIns =
  (deps: BusinessManagerDeps) =>
  async ({ serverId, tenant }: ServerOfTenant): Promise<string> => {
    await askApple(deps, tenant, serverId, (abm) => abm.announceDiscovery(deps.discoveryUrl));
    return deps.discoveryUrl;
  };

export const listBetaTokens =
  (deps: BusinessManagerDeps) =>
  ({ serverId, tenant }: ServerOfTenant): Promise<readonly BetaToken[]> =>
    askApple(deps, tenant, serverId, (abm) => abm.betaTokens());
