import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Platform, type PlatformOptions, startPlatform } from "@muster/deploy/local/platform";
import { type RestClient, restClient } from "./rest-client.ts";

export interface JourneyPlatform {
  readonly platform: Platform;
  readonly api: RestClient;
  /** PEM of the authority behind the device origin. */
  readonly ca: string;
  /** With which simulated hosts enroll. */
  readonly enrollSecret: string;
  stop(): Promise<void>;
}

/** The whole platform as `npm start` brings it, in a folder and on ports of its own, without the waits for the disk. */
export async function startJourneyPlatform(options: Partial<PlatformOptions> = {}): Promise<JourneyPlatform> {
  const dataDir = join(tmpdir(), `muster-journey-${randomBytes(5).toString("hex")}`);
  const platform = await startPlatform({ dataDir, ports: "free", durable: false, ...options });
  return {
    platform,
    api: restClient(platform.urls.gateway, platform.administrator.token),
    ca: await readFile(platform.files.serverCaCert, "utf8"),
    enrollSecret: (await readFile(platform.files.enrollSecret, "utf8")).trim(),
    stop: async () => {
      await platform.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
