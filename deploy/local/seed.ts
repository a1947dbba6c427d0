import type { NewPolicy, PlatformApi } from "./platform-api.ts";

/** Policies to begin with: each asks something every platform team asks, and can fail for a believable reason. */
const POLICIES: readonly NewPolicy[] = [
  {
    name: "macOS: FileVault is on",
    description: "A lost Mac must not give away its disk.",
    query: "SELECT 1 FROM disk_encryption WHERE filevault_status = 'on'",
    selection: { platforms: ["PLATFORM_MACOS"] },
    severity: "SEVERITY_CRITICAL",
    resolution: "Open System Settings, Privacy & Security, FileVault, and turn it on.",
    enabled: true,
  },
  {
    name: "macOS: Gatekeeper is on",
    description: "Only software from known developers may be opened.",
    query: "SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1",
    selection: { platforms: ["PLATFORM_MACOS"] },
    severity: "SEVERITY_HIGH",
    resolution: "Run `sudo spctl --global-enable` in Terminal.",
    enabled: true,
  },
  {
    name: "Windows: the system drive is encrypted",
    description: "A lost PC must not give away its disk.",
    query: "SELECT 1 FROM bitlocker_info WHERE drive_letter = 'C:' AND protection_status = 1",
    selection: { platforms: ["PLATFORM_WINDOWS"] },
    severity: "SEVERITY_CRITICAL",
    resolution: "Open Settings, Privacy & security, Device encryption, and turn it on.",
    enabled: true,
  },
  {
    name: "Windows: firewall and antivirus are in order",
    description: "What Windows Security says of itself.",
    query: "SELECT 1 FROM windows_security_center WHERE firewall = 'Good' AND antivirus = 'Good'",
    selection: { platforms: ["PLATFORM_WINDOWS"] },
    severity: "SEVERITY_HIGH",
    resolution: "Open Windows Security and follow what it recommends.",
    enabled: true,
  },
  {
    name: "Linux: the root file system is encrypted",
    description: "A lost laptop or a retired disk must not give away its data.",
    query:
      "SELECT 1 FROM mounts JOIN disk_encryption ON mounts.device = disk_encryption.name WHERE mounts.path = '/' AND disk_encryption.encrypted = 1",
    selection: { platforms: ["PLATFORM_LINUX"] },
    severity: "SEVERITY_HIGH",
    resolution: "Reinstall with LUKS, or move the data to an encrypted disk.",
    enabled: true,
  },
  {
    name: "Linux: only root has user id 0",
    description: "A second user with id 0 is a back door.",
    query: "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM users WHERE uid = 0 AND username <> 'root')",
    selection: { platforms: ["PLATFORM_LINUX"] },
    severity: "SEVERITY_CRITICAL",
    resolution: "Remove the extra user, or give it an id of its own.",
    enabled: true,
  },
  {
    name: "The device was restarted within 30 days",
    description: "Updates of the system take effect at a restart.",
    query: "SELECT 1 FROM uptime WHERE days < 30",
    selection: { platforms: [] },
    severity: "SEVERITY_LOW",
    resolution: "Restart the device.",
    enabled: true,
  },
];

/** Creates the policies that are not there yet, by name; what an administrator changed stays as it is. */
export async function seedPolicies(api: PlatformApi): Promise<number> {
  const known = await api.policyNames();
  const missing = POLICIES.filter(({ name }) => !known.has(name));
  for (const policy of missing) await api.createPolicy(policy);
  return missing.length;
}
