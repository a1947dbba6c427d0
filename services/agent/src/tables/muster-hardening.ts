import { sayingLines } from "../machine/fields.ts";
import type { Machine } from "../machine/machine.ts";
import { sshdSettings } from "../machine/sshd-settings.ts";
import { defineTable } from "./table.ts";

interface Setting {
  readonly name: string;
  readonly value: string;
  /** The file that says so. */
  readonly source: string;
}

/** Settings that baselines ask for, one a row. What cannot be read has no row, so that a check on it fails rather than passes. */
export const musterHardening = defineTable({
  name: "muster_hardening",
  columns: { name: "TEXT", value: "TEXT", source: "TEXT" },
  *generate(machine): Iterable<Setting> {
    yield* kernelSettings(machine);
    yield* sshdSettings(machine);
    yield* firewall(machine);
    yield* unattendedUpgrades(machine);
    yield* securityModules(machine);
  },
});

const KERNEL: Readonly<Record<string, string>> = {
  aslr: "kernel/randomize_va_space",
  ptrace_scope: "kernel/yama/ptrace_scope",
  kptr_restrict: "kernel/kptr_restrict",
  dmesg_restrict: "kernel/dmesg_restrict",
  unprivileged_bpf_disabled: "kernel/unprivileged_bpf_disabled",
  suid_dumpable: "fs/suid_dumpable",
  protected_symlinks: "fs/protected_symlinks",
  protected_hardlinks: "fs/protected_hardlinks",
  ip_forward: "net/ipv4/ip_forward",
  tcp_syncookies: "net/ipv4/tcp_syncookies",
};

function* kernelSettings(machine: Machine): Iterable<Setting> {
  for (const [name, key] of Object.entries(KERNEL)) {
    const source = `/proc/sys/${key}`;
    const value = machine.text(source)?.trim();
    if (value !== undefined) yield { name, value, source };
  }
}

/** Which firewall is set to start with the machine, and whether the kernel holds netfilter rules now. */
function* firewall(machine: Machine): Iterable<Setting> {
  const ufw = /^ENABLED=(\w+)/m.exec(machine.text("/etc/ufw/ufw.conf") ?? "")?.[1];
  if (ufw !== undefined) yield { name: "firewall_ufw", value: ufw === "yes" ? "1" : "0", source: "/etc/ufw/ufw.conf" };
  for (const unit of ["firewalld", "nftables"]) {
    const source = `/etc/systemd/system/multi-user.target.wants/${unit}.service`;
    const alternative = `/etc/systemd/system/sysinit.target.wants/${unit}.service`;
    if (machine.status(`/usr/lib/systemd/system/${unit}.service`) === undefined) continue;
    const enabled = [source, alternative].some((path) => machine.status(path, { follow: false }) !== undefined);
    yield { name: `firewall_${unit}`, value: enabled ? "1" : "0", source };
  }
  for (const family of ["ip", "ip6"]) {
    const source = `/proc/net/${family}_tables_names`;
    const names = sayingLines(machine.text(source));
    if (names.length > 0) yield { name: `firewall_${family}tables`, value: names.join(" "), source };
  }
}

function* unattendedUpgrades(machine: Machine): Iterable<Setting> {
  const folder = "/etc/apt/apt.conf.d";
  let found: Setting | undefined;
  for (const name of machine.names(folder)) {
    const source = `${folder}/${name}`;
    for (const line of sayingLines(machine.text(source))) {
      const value = /^APT::Periodic::Unattended-Upgrade\s+"(\d+)"\s*;/.exec(line)?.[1];
      // apt.conf(5): files are read in order and a later one wins.
      if (value !== undefined) found = { name: "unattended_upgrades", value: value === "0" ? "0" : "1", source };
    }
  }
  const dnf = "/etc/dnf/automatic.conf";
  const apply = /^\s*apply_updates\s*=\s*(\w+)/m.exec(machine.text(dnf) ?? "")?.[1];
  if (apply !== undefined) {
    found = { name: "unattended_upgrades", value: /^(yes|true|1)$/.test(apply) ? "1" : "0", source: dnf };
  }
  if (found !== undefined) yield found;
}

function* securityModules(machine: Machine): Iterable<Setting> {
  const source = "/sys/kernel/security/lsm";
  const modules = machine.text(source)?.trim();
  if (modules !== undefined) yield { name: "lsm", value: modules, source };
  const apparmor = machine.text("/sys/module/apparmor/parameters/enabled")?.trim();
  if (apparmor !== undefined) {
    yield { name: "apparmor", value: apparmor === "Y" ? "1" : "0", source: "/sys/module/apparmor/parameters/enabled" };
  }
  const selinux = machine.text("/sys/fs/selinux/enforce")?.trim();
  if (selinux !== undefined) yield { name: "selinux_enforcing", value: selinux, source: "/sys/fs/selinux/enforce" };
}
