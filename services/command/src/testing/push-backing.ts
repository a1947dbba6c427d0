import { randomBytes } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedApns } from "@muster/e2e/simulators/apns/simulated-apns";
import { type PushTargets, startPushTargets } from "./push-targets.ts";

export interface PushBacking {
  readonly apns: SimulatedApns;
  readonly targets: PushTargets;
  /** With which the service finds both. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The push service, and who knows where pushes go. */
export async function startPushBacking(): Promise<PushBacking> {
  const apns = await SimulatedApns.open({ maxConcurrentStreams: 20 });
  const targets = await startPushTargets();
  const ca = join(await mkdtemp(join(tmpdir(), "muster-apns-")), "apns.pem");
  await writeFile(ca, apns.ca);
  return {
    apns,
    targets,
    settings: {
      MUSTER_APNS_URL: apns.url,
      MUSTER_APNS_CA: ca,
      MUSTER_ENROLLMENT_GRPC: targets.address,
      // One for all processes of this test file: what one has sealed, the next has to open.
      MUSTER_MASTER_KEY: randomBytes(32).toString("base64"),
    },
    stop: async () => {
      await targets.stop();
      await apns.close();
    },
  };
}
