import type { HostIdentity } from "../host-identity.ts";
import { PLATFORM_MASK } from "../platform.ts";
import type { TableName } from "../schema/all-tables.ts";
import type { Row } from "./row.ts";

/** What the running osqueryd knows about itself. */
export interface DaemonState {
  /** Unix seconds. */
  readonly startedAt: number;
  readonly configHash: string;
}

type ClockTable = (host: HostIdentity, daemon: DaemonState, now: Date) => Row[];

export const OSQUERY_VERSION = "5.19.0";

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Tables whose rows depend on when they are asked; they are made anew for every question. */
export const clockFacts: Partial<Record<TableName, ClockTable>> = {
  uptime: (host, _daemon, now) => {
    const total = Math.floor(now.getTime() / 1000) - host.bootedAt;
    return [
      {
        days: Math.floor(total / 86_400),
        hours: Math.floor(total / 3600) % 24,
        minutes: Math.floor(total / 60) % 60,
        seconds: total % 60,
        total_seconds: total,
      },
    ];
  },
  time: (_host, _daemon, now) => {
    const iso = `${now.toISOString().slice(0, 19)}Z`;
    return [
      {
        weekday: days[now.getUTCDay()] ?? "",
        year: now.getUTCFullYear(),
        month: now.getUTCMonth() + 1,
        day: now.getUTCDate(),
        hour: now.getUTCHours(),
        minutes: now.getUTCMinutes(),
        seconds: now.getUTCSeconds(),
        timezone: "UTC",
        local_timezone: "UTC",
        unix_time: Math.floor(now.getTime() / 1000),
        timestamp: `${now.toUTCString().slice(0, -4)} UTC`,
        datetime: iso,
        iso_8601: iso,
      },
    ];
  },
  osquery_info: (host, daemon) => [
    {
      pid: 785,
      uuid: host.uuid,
      instance_id: host.instanceId,
      version: OSQUERY_VERSION,
      config_hash: daemon.configHash,
      config_valid: daemon.configHash === "" ? 0 : 1,
      extensions: "inactive",
      build_platform: { darwin: "darwin", windows: "windows", linux: "linux" }[host.platform],
      build_distro: { darwin: "12", windows: "10", linux: "centos7" }[host.platform],
      start_time: daemon.startedAt,
      watcher: 780,
      platform_mask: PLATFORM_MASK[host.platform],
    },
  ],
};
