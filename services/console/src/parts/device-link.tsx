import { Link } from "@tanstack/react-router";
import type { Device } from "../api/types.ts";
import { useApi } from "../api/use-api.ts";

const NAME_KEPT_MS = 300_000;

/** A link to a device that shows its name, asked for once. */
export function DeviceLink({ id, name = "" }: { readonly id: string; readonly name?: string }) {
  const device = useApi<Device>(`devices/${id}`, {}, { enabled: name === "", staleTime: NAME_KEPT_MS });
  return (
    <Link to="/devices/$deviceId" params={{ deviceId: id }}>
      {name === "" ? (device.data?.displayName ?? `${id.slice(0, 8)}…`) : name}
    </Link>
  );
}
