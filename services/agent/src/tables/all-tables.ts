import { agentUnreadable } from "./agent-unreadable.ts";
import { aptSources } from "./apt-sources.ts";
import { arpCache } from "./arp-cache.ts";
import { authorizedKeys } from "./authorized-keys.ts";
import { blockDevices } from "./block-devices.ts";
import { certificates } from "./certificates.ts";
import { cpuInfo } from "./cpu-info.ts";
import { crontab } from "./crontab.ts";
import { debPackages } from "./deb-packages.ts";
import { diskEncryption } from "./disk-encryption.ts";
import { dnsResolvers } from "./dns-resolvers.ts";
import { etcHosts } from "./etc-hosts.ts";
import { file } from "./file.ts";
import { groups } from "./groups.ts";
import { hash } from "./hash.ts";
import { interfaceAddresses } from "./interface-addresses.ts";
import { interfaceDetails } from "./interface-details.ts";
import { kernelInfo } from "./kernel-info.ts";
import { kernelModules } from "./kernel-modules.ts";
import { listeningPorts } from "./listening-ports.ts";
import { loadAverage } from "./load-average.ts";
import { loggedInUsers } from "./logged-in-users.ts";
import { memoryInfo } from "./memory-info.ts";
import { mounts } from "./mounts.ts";
import { musterHardening } from "./muster-hardening.ts";
import { npmPackages } from "./npm-packages.ts";
import { osVersion } from "./os-version.ts";
import { osqueryInfo } from "./osquery-info.ts";
import { osqueryRegistry } from "./osquery-registry.ts";
import { platformInfo } from "./platform-info.ts";
import { processOpenSockets } from "./process-open-sockets.ts";
import { processes } from "./processes.ts";
import { pythonPackages } from "./python-packages.ts";
import { routes } from "./routes.ts";
import { rpmPackages } from "./rpm-packages.ts";
import { secureboot } from "./secureboot.ts";
import { shadow } from "./shadow.ts";
import { startupItems } from "./startup-items.ts";
import { sudoers } from "./sudoers.ts";
import { systemControls } from "./system-controls.ts";
import { systemInfo } from "./system-info.ts";
import { systemdUnits } from "./systemd-units.ts";
import type { Table } from "./table.ts";
import { time } from "./time.ts";
import { uptime } from "./uptime.ts";
import { userGroups } from "./user-groups.ts";
import { users } from "./users.ts";

/** What the tables say of the agent itself. */
export interface About {
  readonly version: string;
  readonly startedAt: Date;
}

/** Every table there is to ask. */
export function allTables(about: About): readonly Table[] {
  const tables: readonly Table[] = [
    aptSources,
    arpCache,
    authorizedKeys,
    blockDevices,
    certificates,
    cpuInfo,
    crontab,
    debPackages,
    diskEncryption,
    dnsResolvers,
    etcHosts,
    file,
    groups,
    hash,
    interfaceAddresses,
    interfaceDetails,
    kernelInfo,
    kernelModules,
    listeningPorts,
    loadAverage,
    loggedInUsers,
    memoryInfo,
    mounts,
    musterHardening,
    npmPackages,
    osVersion,
    platformInfo,
    processOpenSockets,
    processes,
    pythonPackages,
    routes,
    rpmPackages,
    secureboot,
    shadow,
    startupItems,
    sudoers,
    systemControls,
    systemInfo,
    systemdUnits,
    time,
    uptime,
    userGroups,
    users,
    osqueryInfo(about),
  ];
  return [...tables, agentUnreadable(tables), osqueryRegistry(tables)];
}
