import { Link } from "@tanstack/react-router";
import { useApi } from "../api/use-api.ts";

const NAME_KEPT_MS = 300_000;

/** A link to a device that shows its name, asked for once. */
export function DeviceLink({ id, name = "" }: { readonly id: string; readonly name?: string }) {
  const device = useApi(
    "/api/v1/devices/{deviceId}",
    { path: { deviceId: id } },
    { enabled: name === "", staleTime: NAME_KEPT_MS },
  );
  return (
    <Link to="/devices/$deviceId" params={{ deviceId: id }}>
      {name === "" ? (device.data?.displayName ?? `${id.slice(0, 8)}…`) : name}
    </Link>
  );
}

interface OnDeviceProps {
  readonly deviceId: string;
  readonly displayName: string;
  /** A user of the device whose own it is; empty where it is the device's. */
  readonly userId: string;
}

/** On which device, and for which of its users, something is configured. */
export const OnDevice = ({ deviceId, displayName, userId }: OnDeviceProps) => (
  <>
    <Link to="/devices/$deviceId" params={{ deviceId }} search={{ tab: "configuration" }}>
      {displayName}
    </Link>
    {userId !== "" && <span className="faint"> {userId}</span>}
  </>
);
