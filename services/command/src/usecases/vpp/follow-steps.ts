import { installStateOf } from "../../domain/apple/app-install.ts";
import { applicationOf } from "../../domain/apple/supersede.ts";
import { hasEnded } from "../../domain/command.ts";
import type { Step } from "../../domain/evolve.ts";
import { type AppInstallRow, noteInstalls, type ToldApp } from "../../storage/app-installs.ts";
import { type AcceptedApp, noteAccepted, returnRemoved, returnUnused } from "../../storage/app-steps.ts";
import type { CommandWork } from "../ports.ts";
import { installMessage } from "./app-messages.ts";

/** What brings an application to a device. */
export const INSTALLS: ReadonlySet<string> = new Set(["InstallApplication", "InstallEnterpriseApplication"]);

/** What steps of commands mean for applications and their licenses, in the transaction that takes the steps. */
export async function followSteps(work: CommandWork, steps: readonly Step[]): Promise<void> {
  const ended = steps.map(({ after }) => after).filter((command) => command.apple !== undefined && hasEnded(command));
  const of = (types: ReadonlySet<string>) => ended.filter(({ apple }) => types.has(apple?.requestType ?? ""));
  const installs = of(INSTALLS);
  const removals = of(new Set(["RemoveApplication"]));
  const lists = of(new Set(["ManagedApplicationList"])).filter(({ state }) => state === "acknowledged");
  const [first] = [...installs, ...removals, ...lists];
  if (first === undefined) return;
  const now = first.endedAt ?? first.createdAt;
  const accepted = installs
    .filter(({ state }) => state === "acknowledged")
    .map(({ apple, deviceId, id, result, tenant }): AcceptedApp => {
      const { Identifier, State } = result?.apple?.response ?? {};
      const said = typeof Identifier === "string" ? Identifier.slice(0, 255) : "";
      const status = typeof State === "string" ? State.slice(0, 100) : "";
      return { tenant, deviceId, id, identifier: said || applicationOf(apple?.supersedeKey ?? ""), status };
    });
  await noteAccepted(work.sql, accepted, now);
  await returnUnused(
    work.sql,
    installs.filter(({ state }) => state !== "acknowledged"),
    now,
  );
  await returnRemoved(
    work.sql,
    removals
      .filter(({ state }) => state === "acknowledged")
      .map(({ apple, ...key }) => ({ ...key, identifier: applicationOf(apple?.supersedeKey ?? "") })),
    now,
  );
  const told = lists.flatMap(({ deviceId, result, tenant }) =>
    toldApps(result?.apple?.response["ManagedApplicationList"]).map((app): ToldApp => ({ ...app, tenant, deviceId })),
  );
  const over = await noteInstalls(work.sql, told, now);
  announceInstalls(work, over);
  await returnRemoved(
    work.sql,
    over
      .filter(({ state }) => state === "failed")
      .map(({ device_id, identifier, tenant }) => ({ tenant, deviceId: device_id, identifier })),
    now,
  );
}

/** Tells how installations ended. */
export function announceInstalls(work: CommandWork, ended: readonly AppInstallRow[]): void {
  for (const install of ended)
    work.emit({
      type: "muster.command.v1.AppInstallEnded",
      tenant: install.tenant,
      deviceId: install.device_id,
      actor: "",
      trace: {},
      data: { install: installMessage(install) },
    });
}

function toldApps(list: unknown): Omit<ToldApp, "tenant" | "deviceId">[] {
  if (typeof list !== "object" || list === null) return [];
  return Object.entries(list).flatMap(([identifier, app]) => {
    const status = typeof app === "object" && app !== null ? (app as { Status?: unknown }).Status : undefined;
    return typeof status === "string"
      ? [{ identifier, status: status.slice(0, 100), state: installStateOf(status) }]
      : [];
  });
}
