import { AT, DEVICE, device, nobodys, POLICY, type SamplesOf } from "./sample.ts";

const software = (name: string) => ({ name, version: "1.2.3", source: "deb", vendor: `Makers of ${name}` });

export const INVENTORY_SAMPLES: SamplesOf<"inventory"> = {
  "muster.inventory.v1.DeviceFactsChanged": device({
    deviceId: DEVICE,
    version: 12,
    facts: [
      { name: "uptime", value: { total_seconds: 0 }, version: 4, since: AT },
      { name: "mounts", value: [{ path: "/a=b|c\\d", blocks: 7 }], version: 5, since: AT },
    ],
    platform: "PLATFORM_LINUX",
    displayName: "build-7",
    observedAt: AT,
  }),
  "muster.inventory.v1.SoftwareChanged": device({
    deviceId: DEVICE,
    version: 13,
    installed: [software("curl")],
    removed: [software("telnet")],
    installedCount: 101,
    removedCount: 202,
    observedAt: AT,
  }),
  "muster.inventory.v1.LabelMembershipChanged": device({
    deviceId: DEVICE,
    version: 14,
    labelId: "label-finance",
    labelName: "Finance",
    member: true,
    labelIds: ["label-all", "label-finance"],
    changedAt: AT,
  }),
  "muster.inventory.v1.QueryAnswered": device({
    deviceId: DEVICE,
    version: 15,
    policyId: POLICY,
    policyRevision: 6,
    rowCount: 11,
    rows: [{ columns: { name: "root", shell: "/bin/sh" } }],
    error: "no such table: discs",
    answeredAt: AT,
    displayName: "build-7",
  }),
  "muster.inventory.v1.LiveQueryEnded": nobodys(
    {
      liveQueryId: "live-1",
      sql: "select 1 = 1",
      state: "stopped",
      targets: 40,
      answered: 31,
      failed: 5,
      createdBy: "ada@acme.example",
      endedAt: AT,
    },
    "ada@acme.example",
  ),
  "muster.inventory.v1.CarveCompleted": device({
    carveId: "carve-1",
    deviceId: DEVICE,
    path: "/var/log/auth.log",
    sizeBytes: 12_345,
    completedAt: AT,
  }),
};
