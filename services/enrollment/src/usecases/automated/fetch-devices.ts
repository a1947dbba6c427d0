import type { ServiceDatabase } from "@muster/postgres/service-database";
import { lastWords } from "../../domain/automated/abm-device.ts";
import { AbmError } from "../../domain/automated/abm-error.ts";
import type { AutomatedServer, SyncPosition } from "../../domain/automated/automated-server.ts";
import { putDevices, removeDevices, removeEarlierRounds } from "../../storage/automated-devices.ts";
import { keepClaim, savePosition } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { unknownServer } from "./change-server.ts";
import type { AbmServer, DevicePage } from "./ports.ts";

export interface FetchDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  /** Until when the server is left to whoever has it now. */
  readonly claimUntil: () => Date;
}

/**
 * Brings the list of a server's devices up to date. Each page is written together with the place after it, so that whoever goes
 * on later misses nothing. A place that Apple no longer knows means a fetch from the beginning, and a device is only dropped
 * when such a fetch has ended without it.
 */
export async function fetchDevices(deps: FetchDeps, server: AutomatedServer, abm: AbmServer): Promise<void> {
  let { position } = server;
  let restarted = false;
  for (;;) {
    const { cursor, phase, round } = position;
    try {
      const page = phase === "fetch" ? await abm.fetchDevices(cursor) : await abm.syncDevices(cursor);
      position = await keepPage(deps, server, position, page);
      if (phase === "sync" && !page.moreToFollow) return;
    } catch (error) {
      if (!(error instanceof AbmError)) throw error;
      if (error.problem === "cursor_exhausted") {
        if (phase === "sync") return;
        position = await keepPage(deps, server, position, { devices: [], cursor, moreToFollow: false });
      } else if (error.problem === "cursor_lost" && !restarted) {
        restarted = true;
        position = { phase: "fetch", cursor: "", round: round + 1 };
        await movePosition(deps, server, position);
      } else throw error;
    }
  }
}

const movePosition = ({ database }: FetchDeps, server: AutomatedServer, position: SyncPosition) =>
  database.tenant(server.tenant, (work) => savePosition(work.sql, server, position));

/** Writes a page and where the list goes on. */
async function keepPage(
  { claimUntil, database }: FetchDeps,
  { id, tenant }: AutomatedServer,
  { phase, round }: SyncPosition,
  page: DevicePage,
): Promise<SyncPosition> {
  const devices = lastWords(page.devices);
  const isFetchOver = phase === "fetch" && !page.moreToFollow;
  const next: SyncPosition = { phase: isFetchOver ? "sync" : phase, cursor: page.cursor, round };
  const gone = devices.filter(({ change }) => change === "deleted").map(({ serialNumber }) => serialNumber);
  const listed = devices.filter(({ change }) => change !== "deleted");
  await database.tenant(tenant, async (work) => {
    const server = { tenant, serverId: id };
    if (!(await keepClaim(work.sql, { tenant, id }, claimUntil()))) throw unknownServer(id);
    await putDevices(work.sql, server, listed, round);
    await removeDevices(work.sql, server, gone);
    if (isFetchOver) await removeEarlierRounds(work.sql, server, round);
    await savePosition(work.sql, { tenant, id }, next);
  });
  return next;
}
