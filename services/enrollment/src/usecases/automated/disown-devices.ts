import { createHash } from "node:crypto";
import type { Caller } from "@muster/rpc/caller";
import { validate as isUuid } from "uuid";
import { refuse } from "../../domain/refusals.ts";
import { removeDevices } from "../../storage/automated-devices.ts";
import {
  type DisownedSet,
  endDisownRequests,
  keepDisownRequest,
  lockDisownedAlone,
  noteDisownedAlone,
  wasAskedByAnother,
} from "../../storage/disown-requests.ts";
import { type AskAppleDeps, askApple } from "./ask-apple.ts";
import { unknownServer } from "./change-server.ts";
import { devicesOfServer } from "./server-devices.ts";

export interface DisownDeps extends AskAppleDeps {
  /** So many devices one person gives up alone within an hour. */
  readonly approvalAbove: number;
  readonly now: () => Date;
}

export interface Disowning {
  readonly serverId: string;
  readonly serialNumbers: readonly string[];
  readonly reason: string;
}

export interface Disowned {
  readonly devices: readonly { readonly serialNumber: string; readonly result: string }[];
  /** Until when a second person has to ask for the same; none when it was done. */
  readonly waitsUntil: Date | undefined;
}

const MOST_DEVICES = 1_000;
const LONGEST_REASON = 500;
const WINDOW_MS = 3_600_000;
const WAITS_MS = 24 * 3_600_000;

/**
 * Gives devices up for good. Many at once only when two people ask for the very same ones within a day. Only what Apple told
 * of as the server's is named to Apple.
 */
export const disownDevices =
  (deps: DisownDeps) =>
  async (disowning: Disowning, caller: Caller): Promise<Disowned> => {
    const { reason, serialNumbers, serverId } = disowning;
    if (!isUuid(serverId)) throw unknownServer(serverId);
    if (serialNumbers.length === 0 || serialNumbers.length > MOST_DEVICES)
      throw refuse("automated.bad_devices", `name 1 to ${MOST_DEVICES} serial numbers`);
    if (reason.trim() === "" || reason.length > LONGEST_REASON)
      throw refuse("automated.bad_reason", `say why in reason, in at most ${LONGEST_REASON} characters`);
    const set = { serverId, devices: digestOf(serialNumbers) };
    const waitsUntil = await mayGiveUp(deps, disowning, set, caller);
    if (waitsUntil !== undefined)
      return { devices: serialNumbers.map((serialNumber) => ({ serialNumber, result: "" })), waitsUntil };
    const { tenant } = caller;
    const answers = await askApple(deps, tenant, serverId, async (abm) => {
      const known = await devicesOfServer(deps, { tenant, serverId }, serialNumbers);
      const own = known.map(({ device }) => device.serialNumber);
      return own.length === 0 ? new Map<string, never>() : abm.disown(own);
    });
    const devices = serialNumbers.map((serialNumber) => ({
      serialNumber,
      result: answers.get(serialNumber)?.answer ?? "NOT_ACCESSIBLE",
    }));
    const gone = devices.filter(({ result }) => result === "SUCCESS").map(({ serialNumber }) => serialNumber);
    await deps.database.tenant(tenant, async ({ sql }) => {
      await removeDevices(sql, { tenant, serverId }, gone);
      await endDisownRequests(sql, tenant, set);
    });
    return { devices, waitsUntil: undefined };
  };

/** @returns until when it waits for a second person; nothing where it may be done. */
async function mayGiveUp(
  { approvalAbove, database, now }: DisownDeps,
  { reason, serialNumbers }: Disowning,
  set: DisownedSet,
  { actor, person = actor, tenant }: Caller,
): Promise<Date | undefined> {
  const at = now();
  return database.tenant(tenant, async ({ sql }) => {
    const asker = { tenant, person };
    if (await wasAskedByAnother(sql, asker, set, at)) return undefined;
    const lately = await lockDisownedAlone(sql, asker, new Date(at.getTime() - WINDOW_MS));
    if (new Set([...lately, ...serialNumbers]).size <= approvalAbove) {
      await noteDisownedAlone(sql, asker, [...new Set(serialNumbers)], at);
      return undefined;
    }
    const expiresAt = new Date(at.getTime() + WAITS_MS);
    await keepDisownRequest(sql, asker, set, { by: actor, reason, now: at, expiresAt });
    return expiresAt;
  });
}

const digestOf = (serialNumbers: readonly string[]): string =>
  createHash("sha256")
    .update(JSON.stringify([...new Set(serialNumbers)].sort()))
    .digest("hex");
