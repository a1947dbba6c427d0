import { isIP } from "node:net";
import { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type Gist, gistOf } from "../gist/gist.ts";
import type { DeviceSummary, ToldEvent } from "../told-event.ts";
import { traceIdOf } from "../trace-id.ts";
import { categoriesOf } from "./categories.ts";

/** The release of the Elastic Common Schema that events are told in. */
const ECS_VERSION = "9.0.0";

/** The higher the more it asks for attention; in steps that leave room, as the schema has no scale of its own. */
const SEVERITY: Readonly<Record<Gist["severity"], number>> = {
  informational: 10,
  low: 30,
  medium: 50,
  high: 70,
  critical: 90,
};

const OS_TYPE: Readonly<Record<Platform, string | undefined>> = {
  [Platform.PLATFORM_UNSPECIFIED]: undefined,
  [Platform.PLATFORM_LINUX]: "linux",
  [Platform.PLATFORM_MACOS]: "macos",
  [Platform.PLATFORM_WINDOWS]: "windows",
  // The schema's types are linux, macos, unix, windows, ios and android.
  [Platform.PLATFORM_CHROMEOS]: "linux",
  [Platform.PLATFORM_IOS]: "ios",
  [Platform.PLATFORM_IPADOS]: "ios",
  [Platform.PLATFORM_TVOS]: "ios",
  [Platform.PLATFORM_VISIONOS]: "ios",
  [Platform.PLATFORM_WATCHOS]: "ios",
};

/**
 * An event of the Elastic Common Schema in JSON. The body stands whole under `muster.data`, a field of our own as the
 * schema asks for; map it as `flattened`, for its facts have every shape there is.
 */
export function ecsEvent(event: ToldEvent): string {
  const { address, message, outcome, policy, severity } = gistOf(event);
  const { actor, device, deviceId, position, traceparent, type } = event;
  const [, service, , name] = type.split(".");
  const { kind, category, type: types } = categoriesOf(type, event.data);
  return JSON.stringify({
    "@timestamp": event.time.toISOString(),
    ecs: { version: ECS_VERSION },
    message,
    event: {
      id: event.id,
      kind,
      ...(category.length > 0 && { category }),
      ...(types.length > 0 && { type: types }),
      action: name ?? type,
      code: type,
      outcome,
      severity: SEVERITY[severity],
      module: "muster",
      dataset: `muster.${service ?? ""}`,
      provider: event.source,
      ...(position !== undefined && { sequence: Number(position.split(".").at(-1)) }),
    },
    organization: { id: event.tenant },
    ...(actor !== "" && { user: { name: actor, ...(actor.includes("@") && { email: actor }) } }),
    ...(deviceId !== "" && hostOf(deviceId, device)),
    ...(address !== undefined &&
      address !== "" && { source: { address, ...(isIP(address) !== 0 && { ip: address }) } }),
    ...(policy !== undefined && { rule: { id: policy.id, name: policy.name, ruleset: "muster.policy" } }),
    ...(traceparent !== "" && { trace: { id: traceIdOf(traceparent) } }),
    muster: { ...(position !== undefined && { position }), data: event.data },
  });
}

function hostOf(id: string, device: DeviceSummary | undefined): object {
  if (device === undefined) return { host: { id } };
  const { hardwareModel, hardwareVendor, hostname, kind, osName, osVersion, platform, serial } = device;
  const osType = OS_TYPE[platform];
  return {
    host: {
      id,
      ...(hostname !== "" && { hostname, name: hostname }),
      ...(kind !== "unknown" && { type: kind }),
      ...((osName !== "" || osType !== undefined) && {
        os: {
          ...(osType !== undefined && { type: osType }),
          ...(osName !== "" && { name: osName }),
          ...(osVersion !== "" && { version: osVersion }),
        },
      }),
    },
    device: {
      id,
      ...(hardwareVendor !== "" && { manufacturer: hardwareVendor }),
      ...(hardwareModel !== "" && { model: { name: hardwareModel } }),
      ...(serial !== "" && { serial_number: serial }),
    },
  };
}
