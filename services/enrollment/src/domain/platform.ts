import type { Platform } from "./claim.ts";

// osquery's platform type is a bit mask: POSIX 1, Windows 2, BSD 4, Linux 8, macOS 16.
const WINDOWS = 2;
const LINUX = 8;
const MACOS = 16;

const LINUX_FAMILIES =
  /^(linux|ubuntu|debian|rhel|centos|fedora|rocky|almalinux|amzn|amazon|ol|oracle|sles|suse|opensuse.*|arch|manjaro|gentoo|alpine|kali|linuxmint|pop|raspbian|nixos|void|endeavouros|tuxedo|neon|zorin|elementary|flatcar|coreos|photon|azurelinux|mariner|bottlerocket|euleros|kylin|uos|deepin)$/;

/** The platform by its name (os_version.platform, then platform_like), else by osquery's platform type. */
export function platformOf(platformType: string, ...names: readonly string[]): Platform {
  for (const name of names) {
    for (const word of name.trim().toLowerCase().split(/\s+/)) {
      if (word === "chrome" || word === "chromeos") return "chromeos";
      if (word === "darwin" || word === "macos") return "macos";
      if (word === "windows") return "windows";
      if (LINUX_FAMILIES.test(word)) return "linux";
    }
  }
  const mask = Number(platformType);
  if (!Number.isInteger(mask)) return "unknown";
  if ((mask & MACOS) !== 0) return "macos";
  if ((mask & LINUX) !== 0) return "linux";
  return (mask & WINDOWS) === 0 ? "unknown" : "windows";
}
