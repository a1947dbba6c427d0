import type {
  OsqueryConfig as ConfigMessage,
  OsqueryServiceServer,
  ReadCarveResponse,
} from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import type { Methods } from "@muster/rpc/server";
import { v7 as uuidv7 } from "uuid";
import { checkedPath } from "../domain/carve-sql.ts";
import { checkedConfig } from "../domain/osquery-config.ts";
import { refuse } from "../domain/refusals.ts";
import { createCarve, getCarve, listCarves, readBlock } from "../storage/carves.ts";
import { readConfigOf, type StoredConfig, writeConfigOf } from "../storage/osquery-configs.ts";
import { listQueryResults } from "../storage/query-results.ts";
import { requireDevice } from "../storage/read-devices.ts";
import type { InventoryDatabase } from "../storage/schema.ts";
import { noteWorkChanged } from "../storage/work-changes.ts";
import type { Signals } from "../usecases/ports.ts";

interface Dependencies {
  readonly database: InventoryDatabase;
  readonly signals: Signals;
  readonly now: () => Date;
}

/** A carve is asked for, received and kept within this time. */
const CARVE_EXPIRES_MS = 24 * 3600_000;

const configOf = (stored: StoredConfig | undefined): ConfigMessage => ({
  options: stored?.options ?? {},
  schedule: stored?.schedule ?? {},
  packs: stored?.packs ?? {},
  decorators: stored?.decorators ?? {},
  revision: stored?.revision ?? 0,
  updatedAt: stored?.updated_at,
});

function checkedMessage(message: ConfigMessage | undefined) {
  if (message === undefined) throw refuse("osquery.bad_config", "osquery_config is missing");
  const { options = {}, schedule = {}, packs = {}, decorators = {} } = message;
  return checkedConfig({ options, schedule, packs, decorators });
}

export function osqueryMethods({ database, signals, now }: Dependencies): Methods<OsqueryServiceServer> {
  return {
    getOsqueryConfig: async (_request, { tenant }) => ({
      osqueryConfig: configOf(await readConfigOf(database, tenant)),
    }),
    checkOsqueryConfig: async ({ osqueryConfig }) => ({
      osqueryConfig: { ...checkedMessage(osqueryConfig), revision: 0, updatedAt: undefined },
    }),
    updateOsqueryConfig: async ({ osqueryConfig, expectedRevisions }, { tenant }) => {
      const config = checkedMessage(osqueryConfig);
      const stored = await database.tenant(tenant, (work) =>
        writeConfigOf(work, tenant, config, expectedRevisions, now()),
      );
      signals.configChanged(tenant);
      return { osqueryConfig: configOf(stored) };
    },
    listQueryResults: (request, { tenant }) =>
      database.tenant(tenant, (work) => listQueryResults(work, tenant, request)),
    startCarve: async ({ deviceId, path }, { tenant }) => {
      const createdAt = now();
      const expiresAt = new Date(createdAt.getTime() + CARVE_EXPIRES_MS);
      const checked = checkedPath(path);
      const carve = await database.tenant(tenant, async (work) => {
        const id = await requireDevice(work, tenant, deviceId);
        await noteWorkChanged(work, [{ tenant, deviceId: id }]);
        return createCarve(work, { tenant, id: uuidv7(), deviceId: id, path: checked, createdAt, expiresAt });
      });
      signals.workChanged(tenant, [carve.deviceId], true);
      return { carve };
    },
    listCarves: (request, { tenant }) => database.tenant(tenant, (work) => listCarves(work, tenant, request)),
    readCarve: ({ id }, { tenant }) => readCarve(database, tenant, id),
  };
}

async function* readCarve(database: InventoryDatabase, tenant: string, id: string): AsyncGenerator<ReadCarveResponse> {
  const carve = await database.tenant(tenant, (work) => getCarve(work, tenant, id));
  if (carve.state !== "completed") throw refuse("carve.not_ready", `the carve is ${carve.state}, not completed`);
  for (let number = 0; number < carve.blocksExpected; number++) {
    const content = await database.tenant(tenant, (work) => readBlock(work, tenant, carve.id, number));
    if (content === undefined) throw refuse("carve.not_ready", "the carve's content is not kept any more");
    yield { content };
  }
}
