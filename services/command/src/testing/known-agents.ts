import { v7 as uuidv7 } from "uuid";
import { TENANT, type TestPlatform } from "./test-platform.ts";

/** The ids of devices with an agent that nobody plays. */
export async function knownAgents({ database }: TestPlatform, size: number): Promise<string[]> {
  const devices = Array.from({ length: size }, () => uuidv7());
  await database.database.tenant(TENANT, (work) =>
    work.sql
      .insertInto("device_channels")
      .values(
        devices.map((device_id) => ({
          tenant: TENANT,
          device_id,
          enrolled: true,
          personal: false,
          osquery_generation: 0,
          orbit_generation: 0,
          agent_generation: 1,
          version: "1",
        })),
      )
      .execute(),
  );
  return devices;
}
