import type { ToldEvent } from "./told-event.ts";

/**
 * A CloudEvent 1.0 in its JSON form. `timestamp` beside `type` and `data` is what Standard Webhooks asks for; all names
 * that the specification does not have are extensions (CloudEvents 1.0 §3.1: lower-case letters and digits).
 */
export function cloudEvent(event: ToldEvent): string {
  const { id, type, source, tenant, deviceId, actor, traceparent, position, device, data } = event;
  const time = event.time.toISOString();
  return JSON.stringify({
    specversion: "1.0",
    id,
    source,
    type,
    ...(deviceId !== "" && { subject: deviceId }),
    time,
    timestamp: time,
    datacontenttype: "application/json",
    tenant,
    ...(actor !== "" && { actor }),
    ...(device !== undefined && device.hostname !== "" && { hostname: device.hostname }),
    ...(traceparent !== "" && { traceparent }),
    ...(position !== undefined && { position }),
    data,
  });
}
