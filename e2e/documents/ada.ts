import { hostname } from "node:os";
import type { JourneyPlatform } from "../journeys/testing/journey-platform.ts";
import { type AppleFleet, startAppleFleet } from "../simulators/apple/fleet/apple-fleet.ts";
import { startFleet } from "../simulators/osquery/fleet.ts";

interface Device {
  readonly id: string;
  readonly hostname: string;
  readonly hardwareSerial: string;
}

/** Whom the documents speak of: Ada, who signs in at an example's address, with a laptop and a server of engineering and two devices of finance. */
export interface Ada {
  /** What the documents call them, and what they are called here. */
  readonly names: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Her laptop is this machine, her server has osquery; her Mac and her iPad are enrolled for her. */
export async function adaOf({ api, ca, enrollSecret, platform }: JourneyPlatform): Promise<Ada> {
  const { token } = await api.post<{ token: string }>("/api/v1/enrollment-tokens", { name: "Ada's", maxUses: 2 });
  const fleet = await startAppleFleet({
    enroll: (device) => device.enrollFrom(`${platform.urls.device}/apple/enroll/${token}`),
    ca,
    devices: 2,
    seed: "ada",
    kinds: ["Mac", "iPad"],
    pollEveryMs: 500,
    startWithinMs: 0,
  });
  const servers = await startFleet({
    server: platform.urls.device,
    ca,
    enrollSecret,
    hosts: 1,
    seed: "ada",
    timing: { distributedMs: 500, carveMs: 200 },
  });
  const server = servers.hosts[0]?.facts.identity.serial ?? "";
  const [mac = "", ipad = ""] = serialsOf(fleet);
  const laptop = hostname();
  for (const [name, members] of [
    ["engineering", [laptop, server]],
    ["finance", [mac, ipad]],
  ] as const) {
    const deviceIds = await api.until<{ devices: Device[] }, string[]>("/api/v1/devices", ({ devices }) => {
      const ours = devices.filter((each) => members.includes(each.hostname) || members.includes(each.hardwareSerial));
      return ours.length === members.length ? ours.map(({ id }) => id) : undefined;
    });
    const label = await api.post<{ id: string }>("/api/v1/labels", { name, kind: "LABEL_KIND_MANUAL" });
    await api.post(`/api/v1/labels/${label.id}/devices`, { deviceIds });
  }
  return {
    names: {
      "https://muster.example.com": platform.urls.gateway,
      "ada@example.com": platform.administrator.email,
      "ada-laptop": laptop,
      "ada-server": server,
      "ada-mac": mac,
      "ada-ipad": ipad,
    },
    stop: async () => void (await Promise.all([fleet.stop(), servers.stop()])),
  };
}

const serialsOf = ({ devices }: AppleFleet): string[] => devices.map(({ device }) => device.hardware.serial);
