import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlatformApi } from "./platform-api.ts";
import type { Ports } from "./ports.ts";
import { readyByPort } from "./ready-by-port.ts";
import { runScript } from "./run-script.ts";
import { type SupervisedProcess, supervise } from "./supervise.ts";

const TOPIC = "com.apple.mgmt.External.local";

export interface PushInputs {
  readonly root: string;
  readonly dataDir: string;
  readonly ports: Ports;
  readonly inherited: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

const folderIn = (dataDir: string): string => join(dataDir, "apns");

/** Services push to the simulated APNs, and profiles name its topic from the first on. */
export const pushEnvironment = ({ dataDir, ports }: Pick<PushInputs, "dataDir" | "ports">): NodeJS.ProcessEnv => ({
  MUSTER_APNS_URL: `https://localhost:${ports.apns}`,
  MUSTER_APNS_CA: join(folderIn(dataDir), "apns.pem"),
  MUSTER_APPLE_PUSH_TOPIC: TOPIC,
});

/** Starts the simulated APNs, which wakes the simulated Apple devices. */
export const startPushService = ({ root, dataDir, ports, inherited, say }: PushInputs): Promise<SupervisedProcess> =>
  supervise(
    {
      name: "apns",
      root,
      script: "e2e/simulators/apns/apns-main.ts",
      args: [
        ["--port", String(ports.apns), "--folder", folderIn(dataDir)],
        ["--fleet", `http://127.0.0.1:${ports.appleFleet}`],
      ].flat(),
      env: inherited,
      logFile: join(dataDir, "logs", "apns.log"),
      pidFile: join(dataDir, "run", "apns.pid"),
      isReady: readyByPort(ports.apns),
    },
    say,
  );

/** Gets the tenant a push certificate as an administrator does at Apple's portal, unless it has one. */
export async function obtainPushCertificate({ root, dataDir, inherited }: PushInputs, api: PlatformApi): Promise<void> {
  if (await api.hasPushCertificate()) return;
  const request = join(folderIn(dataDir), "request.pem");
  await writeFile(request, await api.requestPushCertificate("administrator@example.com"));
  const certificate = await runScript({
    purpose: "Signing the push certificate",
    root,
    script: "e2e/simulators/apns/portal-main.ts",
    args: ["--request", request, "--topic", TOPIC],
    env: inherited,
    logFile: join(dataDir, "logs", "apns.log"),
  });
  await api.uploadPushCertificate(certificate);
}
