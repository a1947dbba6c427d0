import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type DeviceAuthority,
  drawDeviceAuthority,
  openDeviceAuthority,
  type SavedAuthority,
} from "../hardware/device-authority.ts";

/**
 * The factory of a fleet, which stays the same over restarts. Beside it stands `root.pem`, the certificate that a
 * server is told to trust instead of Apple's.
 */
export const factoryIn = async (directory: string): Promise<DeviceAuthority> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, "factory.json");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const saved = text === undefined ? await drawDeviceAuthority() : (JSON.parse(text) as SavedAuthority);
  if (text === undefined) await writeFile(file, JSON.stringify(saved), { mode: 0o600 });
  await writeFile(join(directory, "root.pem"), saved.root);
  return openDeviceAuthority(saved);
};
