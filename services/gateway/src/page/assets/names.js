import { get } from "./api.js";

const names = new Map();

/** The name people know a device by; its id while that cannot be found out. Each device is asked for once. */
export function deviceName(id) {
  if (!names.has(id)) {
    const found = get(`/api/v1/devices/${encodeURIComponent(id)}`).then(
      (device) => device.displayName || id,
      () => id,
    );
    names.set(id, found);
  }
  return names.get(id);
}
