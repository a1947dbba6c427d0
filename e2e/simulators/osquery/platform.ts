/** Platforms as osquery's table specifications and schedules name them. */
export type Platform = "darwin" | "windows" | "linux";

/** osquery's mask (POSIX 1, Windows 2, Linux 8, macOS 16; macOS also sets BSD 4), sent as text at enrollment. */
export const PLATFORM_MASK: Readonly<Record<Platform, number>> = { darwin: 21, windows: 2, linux: 9 };
