import type { SeededRandom } from "../../seeded-random.ts";
import type { HostIdentity } from "../host-identity.ts";
import type { Platform } from "../platform.ts";
import { tablesOf } from "../schema/all-tables.ts";
import type { Row, TableBuilders } from "./row.ts";

const programs: Readonly<Record<Platform, readonly (readonly [name: string, path: string, port: number])[]>> = {
  darwin: [
    ["launchd", "/sbin/launchd", 0],
    ["WindowServer", "/System/Library/PrivateFrameworks/SkyLight.framework/Resources/WindowServer", 0],
    ["rapportd", "/usr/libexec/rapportd", 49_152],
    ["ControlCenter", "/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter", 7000],
    ["Google Chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", 0],
    ["osqueryd", "/opt/osquery/lib/osquery.app/Contents/MacOS/osqueryd", 0],
  ],
  windows: [
    ["System", "", 445],
    ["svchost.exe", "C:\\Windows\\System32\\svchost.exe", 135],
    ["lsass.exe", "C:\\Windows\\System32\\lsass.exe", 49_664],
    ["explorer.exe", "C:\\Windows\\explorer.exe", 0],
    ["MsMpEng.exe", "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\MsMpEng.exe", 0],
    ["osqueryd.exe", "C:\\Program Files\\osquery\\osqueryd\\osqueryd.exe", 0],
  ],
  linux: [
    ["systemd", "/usr/lib/systemd/systemd", 0],
    ["systemd-resolve", "/usr/lib/systemd/systemd-resolved", 53],
    ["sshd", "/usr/sbin/sshd", 22],
    ["cron", "/usr/sbin/cron", 0],
    ["rsyslogd", "/usr/sbin/rsyslogd", 0],
    ["osqueryd", "/opt/osquery/bin/osqueryd", 0],
  ],
};

const pidOf = (place: number): number => (place === 0 ? 1 : 300 + place * 97);

const startedAt = (host: HostIdentity, place: number): number => host.bootedAt + place * 3;

export const versionRow = (host: HostIdentity): Row => {
  const [major = "0", minor = "0", patch = "0"] = (/[\d.]+/.exec(host.os.version)?.[0] ?? "").split(".");
  return {
    name: host.os.name,
    version: host.os.version,
    major: Number(major),
    minor: Number(minor),
    patch: host.platform === "windows" ? 0 : Number(patch),
    build: host.os.build,
    platform: host.os.osPlatform,
    platform_like: host.os.platformLike,
    codename: host.os.codename,
    arch: host.platform === "windows" ? "64-bit" : host.hardware.arch,
    revision: host.platform === "windows" ? Number(host.os.kernel.split(".")[3]) : "",
    install_date: host.platform === "windows" ? String(host.bootedAt - 200 * 86_400) : "",
  };
};

const unit = (id: string, description: string, active: string, sub: string): Row => ({
  id,
  description,
  load_state: "loaded",
  active_state: active,
  sub_state: sub,
  unit_file_state: "enabled",
  fragment_path: `/usr/lib/systemd/system/${id}`,
});

const processRow = (host: HostIdentity, place: number, random: SeededRandom): Row => {
  const [name = "", path = ""] = programs[host.platform][place] ?? [];
  return {
    pid: pidOf(place),
    name,
    path,
    cmdline: path,
    state: "S",
    cwd: "/",
    root: "/",
    uid: 0,
    gid: 0,
    euid: 0,
    egid: 0,
    on_disk: path === "" ? -1 : 1,
    resident_size: random.int(4e6, 4e8),
    total_size: random.int(4e8, 4e9),
    user_time: random.int(10, 90_000),
    system_time: random.int(10, 90_000),
    start_time: startedAt(host, place),
    parent: place === 0 ? 0 : 1,
    pgroup: pidOf(place),
    threads: random.int(1, 60),
    nice: 0,
  };
};

export const systemFacts: TableBuilders = {
  os_version: (host) => [versionRow(host)],
  kernel_info: (host) => [
    {
      version: host.os.kernel,
      arguments: host.platform === "linux" ? "ro quiet splash" : "",
      path: host.platform === "linux" ? `/boot/vmlinuz-${host.os.kernel}` : "",
      device: host.platform === "linux" ? "/dev/mapper/root" : "",
    },
  ],
  osquery_registry: (host) =>
    [...tablesOf(host.platform, false).keys()].map((name) => ({
      registry: "table",
      name,
      owner_uuid: 0,
      internal: 0,
      active: 1,
    })),
  load_average: (_host, random) =>
    ["1m", "5m", "15m"].map((period) => ({ period, average: (random.next() * 3).toFixed(6) })),
  osquery_flags: (host) => [
    { name: "host_identifier", type: "string", default_value: "hostname", value: "uuid" },
    { name: "distributed_interval", type: "uint64", default_value: "60", value: "10" },
    { name: "tls_hostname", type: "string", default_value: "", value: `${host.name} fleet` },
  ],
  processes: (host, random) => programs[host.platform].map((_, place) => processRow(host, place, random)),
  listening_ports: (host) =>
    programs[host.platform].flatMap(([, , port], place) =>
      port === 0
        ? []
        : [{ pid: pidOf(place), port, protocol: 6, family: 2, address: "0.0.0.0", fd: 3, socket: 9000 + place }],
    ),
  systemd_units: (host, random) => [
    unit("ssh.service", "OpenBSD Secure Shell server", "active", "running"),
    unit("cron.service", "Regular background program processing daemon", "active", "running"),
    unit("rsyslog.service", "System Logging Service", "active", "running"),
    unit("systemd-resolved.service", "Network Name Resolution", "active", "running"),
    unit("apt-daily.timer", "Daily apt download activities", "active", "waiting"),
    random.chance(0.8)
      ? unit("ufw.service", "Uncomplicated firewall", "active", "exited")
      : unit("ufw.service", "Uncomplicated firewall", "inactive", "dead"),
    ...(host.hardware.laptop ? [unit("bluetooth.service", "Bluetooth service", "active", "running")] : []),
  ],
  services: () =>
    [
      ["WinDefend", "Microsoft Defender Antivirus Service", "AUTO_START"],
      ["mpssvc", "Windows Defender Firewall", "AUTO_START"],
      ["BITS", "Background Intelligent Transfer Service", "DEMAND_START"],
      ["wuauserv", "Windows Update", "DEMAND_START"],
      ["Spooler", "Print Spooler", "AUTO_START"],
    ].map(([name = "", display = "", start = ""], place) => ({
      name,
      service_type: "WIN32_SHARE_PROCESS",
      display_name: display,
      status: start === "AUTO_START" ? "RUNNING" : "STOPPED",
      pid: start === "AUTO_START" ? 900 + place * 44 : 0,
      start_type: start,
      path: "C:\\Windows\\System32\\svchost.exe -k netsvcs",
      user_account: "LocalSystem",
    })),
};
