import type { Work } from "@muster/postgres/service-database";
import { nextVersions } from "../../storage/device-profiles.ts";
import type { PolicyTables } from "../../storage/tables.ts";

export interface WaitingDevice {
  readonly tenant: string;
  readonly deviceId: string;
  /** Of its Apple enrollment. */
  readonly generation: number;
}

/** Tells of devices in Setup Assistant that everything they are to have was told before this. */
export async function tellReady(work: Work<PolicyTables>, waiting: readonly WaitingDevice[]): Promise<void> {
  const versions = await nextVersions(work.sql, waiting.length);
  for (const [index, { deviceId, generation, tenant }] of waiting.entries())
    work.emit({
      type: "muster.policy.v1.DesiredStateChanged",
      tenant,
      deviceId,
      data: {
        deviceId,
        version: versions[index] ?? 0,
        profiles: [],
        declarationsDigest: "",
        declarationsCommandId: "",
        declarationsUserId: "",
        readyToRelease: true,
        appleGeneration: generation,
      },
    });
}
