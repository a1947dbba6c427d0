import type { Platform } from "./platform.ts";

export interface OperatingSystem {
  readonly platform: Platform;
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly codename: string;
  /** osquery's `platform` column, which on Linux is the distribution. */
  readonly osPlatform: string;
  readonly platformLike: string;
  readonly kernel: string;
  readonly packages: "deb" | "rpm" | "apps" | "programs";
}

type Short = readonly [version: string, build: string, codename: string, kernel: string];

const macos = ([version, build, codename, kernel]: Short): OperatingSystem => ({
  platform: "darwin",
  name: "macOS",
  version,
  build,
  codename,
  osPlatform: "darwin",
  platformLike: "darwin",
  kernel,
  packages: "apps",
});

const windows = (name: string, [version, build, codename, kernel]: Short): OperatingSystem => ({
  platform: "windows",
  name,
  version,
  build,
  codename,
  osPlatform: "windows",
  platformLike: "windows",
  kernel,
  packages: "programs",
});

const linux = (
  name: string,
  osPlatform: string,
  platformLike: string,
  packages: "deb" | "rpm",
  [version, build, codename, kernel]: Short,
): OperatingSystem => ({
  platform: "linux",
  name,
  version,
  build,
  codename,
  osPlatform,
  platformLike,
  kernel,
  packages,
});

export const OPERATING_SYSTEMS: Readonly<Record<Platform, readonly OperatingSystem[]>> = {
  darwin: [
    macos(["15.6.1", "24G90", "", "24.6.0"]),
    macos(["15.7.2", "24G325", "", "24.6.0"]),
    macos(["14.8.2", "23J126", "", "23.6.0"]),
    macos(["26.1", "25B78", "", "25.1.0"]),
  ],
  windows: [
    windows("Microsoft Windows 11 Enterprise", ["10.0.26100", "26100", "24H2", "10.0.26100.4946"]),
    windows("Microsoft Windows 11 Pro", ["10.0.22631", "22631", "23H2", "10.0.22631.5768"]),
    windows("Microsoft Windows 10 Enterprise LTSC", ["10.0.19044", "19044", "21H2", "10.0.19044.6216"]),
  ],
  linux: [
    linux("Ubuntu", "ubuntu", "debian", "deb", ["24.04.3 LTS (Noble Numbat)", "", "noble", "6.8.0-85-generic"]),
    linux("Ubuntu", "ubuntu", "debian", "deb", ["22.04.5 LTS (Jammy Jellyfish)", "", "jammy", "5.15.0-157-generic"]),
    linux("Debian GNU/Linux", "debian", "", "deb", ["12 (bookworm)", "", "bookworm", "6.1.0-40-amd64"]),
    linux("Debian GNU/Linux", "debian", "", "deb", ["13 (trixie)", "", "trixie", "6.12.48+deb13-amd64"]),
    linux("Red Hat Enterprise Linux", "rhel", "fedora", "rpm", ["9.6 (Plow)", "", "", "5.14.0-570.46.1.el9_6.x86_64"]),
    linux("Rocky Linux", "rocky", "rhel centos fedora", "rpm", [
      "9.6 (Blue Onyx)",
      "",
      "",
      "5.14.0-570.42.2.el9_6.x86_64",
    ]),
  ],
};
