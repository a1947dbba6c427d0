import type { SeededRandom } from "../../seeded-random.ts";
import type { HostIdentity } from "../host-identity.ts";
import { MAC_APPS, WINDOWS_PROGRAMS } from "./desktop-software-names.ts";
import { DEB_NAMES, RPM_NAMES } from "./linux-package-names.ts";
import type { Row, TableBuilder, TableBuilders } from "./row.ts";

const version = (random: SeededRandom): string => `${random.int(0, 14)}.${random.int(0, 30)}.${random.int(0, 20)}`;

/** The first names of a catalogue are on every machine, the rest is drawn, so that a fleet shares most of its titles. */
const choose = <T>(catalogue: readonly T[], count: number, random: SeededRandom): T[] => {
  const shared = Math.min(60, count);
  return [...catalogue.slice(0, shared), ...random.some(catalogue.slice(shared), count - shared)];
};

/** One catalogue version per title for most machines, as updates reach most of a fleet within days. */
const versionOf = (title: string, common: SeededRandom, random: SeededRandom): string =>
  version(random.chance(0.85) ? common.fork(title) : random);

const only =
  (packages: HostIdentity["os"]["packages"], build: TableBuilder): TableBuilder =>
  (host, random) =>
    host.os.packages === packages ? build(host, random) : [];

/** Software titles and versions shared by every simulated fleet: the same title has mostly the same version. */
export const softwareFactsOf = (common: SeededRandom): TableBuilders => ({
  deb_packages: only("deb", (host, random) =>
    choose(DEB_NAMES, host.softwareCount, random).map((name) => {
      const revision = `${random.int(1, 6)}ubuntu${random.int(1, 9)}`;
      return {
        name,
        version: `${versionOf(name, common, random)}-${common.fork(`revision ${name}`).int(1, 9)}`,
        source: name.startsWith("lib") ? name.replace(/[\d.-]+$/, "") : "",
        size: random.int(60, 90_000),
        arch: "amd64",
        revision,
        status: "install ok installed",
        maintainer: "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>",
        section: name.startsWith("lib") ? "libs" : "utils",
        priority: "optional",
        admindir: "/var/lib/dpkg",
      };
    }),
  ),
  rpm_packages: only("rpm", (host, random) =>
    choose(RPM_NAMES, host.softwareCount, random).map((name) => {
      const release = `${common.fork(`release ${name}`).int(1, 90)}.el9`;
      const number = versionOf(name, common, random);
      return {
        name,
        version: number,
        release,
        source: `${name}-${number}-${release}.src.rpm`,
        size: random.int(60_000, 90_000_000),
        sha1: random.hex(40),
        arch: "x86_64",
        epoch: 0,
        install_time: host.bootedAt - random.int(1, 300) * 86_400,
        vendor: host.os.name === "Rocky Linux" ? "Rocky Enterprise Software Foundation" : "Red Hat, Inc.",
        package_group: "Unspecified",
      };
    }),
  ),
  programs: (host, random) =>
    choose(WINDOWS_PROGRAMS, host.softwareCount, random).map(({ name, publisher }) => ({
      name,
      version: versionOf(name, common, random),
      install_location: `C:\\Program Files\\${name.replaceAll(/[^\w .-]/g, "")}\\`,
      language: "1033",
      publisher,
      uninstall_string: `MsiExec.exe /X{${random.uuid().toUpperCase()}}`,
      install_date: `2025${String(random.int(1, 12)).padStart(2, "0")}${String(random.int(1, 28)).padStart(2, "0")}`,
      identifying_number: `{${random.uuid().toUpperCase()}}`,
      upgrade_code: `{${common.fork(`upgrade ${name}`).uuid().toUpperCase()}}`,
    })),
  apps: (host, random) =>
    choose(MAC_APPS, host.softwareCount, random).map(({ name, publisher }): Row => {
      const number = versionOf(name, common, random);
      const own = publisher === "Apple Inc.";
      return {
        name: `${name}.app`,
        path: `${own ? "/System" : ""}/Applications/${name}.app`,
        bundle_executable: name,
        bundle_identifier: `com.${publisher.toLowerCase().replaceAll(/[^a-z]+/g, "")}.${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}`,
        bundle_name: name,
        bundle_short_version: number,
        bundle_version: `${number}.${random.int(1, 99)}`,
        bundle_package_type: "APPL",
        development_region: "en",
        display_name: name,
        minimum_system_version: "12.0",
        last_opened_time: random.chance(0.4) ? host.bootedAt + random.int(0, 600) : -1,
      };
    }),
  homebrew_packages: (_host, random) =>
    choose(DEB_NAMES, random.int(0, 40), random).map((name) => ({
      name,
      path: `/opt/homebrew/Cellar/${name}`,
      version: versionOf(name, common, random),
      type: "formula",
    })),
  chrome_extensions: (host, random) =>
    random
      .some(["uBlock Origin Lite", "1Password", "Grammarly", "Google Docs Offline", "React Developer Tools"], 3)
      .map((name) => ({
        browser_type: "chrome",
        uid: { darwin: 501, windows: 1001, linux: 1000 }[host.platform],
        name,
        profile: "Default",
        identifier: common.fork(`extension ${name}`).hex(32).replaceAll(/\d/g, "p"),
        version: versionOf(name, common, random),
        update_url: "https://clients2.google.com/service/update2/crx",
        persistent: 0,
        state: "1",
        from_webstore: "true",
      })),
  patches: (host, random) =>
    random.some(["KB5064531", "KB5065426", "KB5066835", "KB5068861", "KB5059502", "KB5054156"], 4).map((id) => ({
      csname: host.name.toUpperCase(),
      hotfix_id: id,
      caption: `http://support.microsoft.com/?kbid=${id.slice(2)}`,
      description: random.pick(["Update", "Security Update"]),
      installed_by: "NT AUTHORITY\\SYSTEM",
      installed_on: `${random.int(1, 12)}/${random.int(1, 28)}/2025`,
    })),
  kernel_modules: (_host, random) =>
    random
      .some(["nf_tables", "xt_conntrack", "overlay", "bridge", "tls", "kvm_intel", "snd_hda_intel", "i915"], 6)
      .map((name) => ({
        name,
        size: random.int(16, 3200) * 1024,
        used_by: "-",
        status: "Live",
        address: "0x0000000000000000",
      })),
});
