import { randomUUID } from "node:crypto";
import { platformApi } from "../../local/platform-api.ts";

const EVENT_WITHIN_MS = 60_000;
const TYPE = "muster.enrollment.v1.DeviceEnrolled";

export interface HostInputs {
  /** The gateway's and enrollment's doors. */
  readonly gateway: string;
  readonly enrollment: string;
  readonly token: string;
  readonly ingressKey: string;
}

/** Enrolls one osquery host at enrollment's door and waits until the gateway tells of it. @returns the device's id */
export async function enrollHost({ gateway, enrollment, token, ingressKey }: HostInputs): Promise<string> {
  const secret = await platformApi(gateway, token).createEnrollSecret("images");
  const uuid = randomUUID();
  const response = await fetch(new URL("/api/osquery/enroll", enrollment), {
    method: "POST",
    headers: { "content-type": "application/json", "muster-ingress-key": ingressKey },
    body: JSON.stringify({
      enroll_secret: secret,
      host_identifier: uuid,
      platform_type: "9",
      host_details: { system_info: { uuid, hostname: "image-host" }, os_version: { platform: "debian" } },
    }),
  });
  const { node_key: nodeKey, error } = (await response.json()) as { node_key?: string; error?: string };
  if (nodeKey === undefined) throw new Error(`The host was not enrolled: ${error}`);
  return await enrolledDevice(gateway, token);
}

async function enrolledDevice(gateway: string, token: string): Promise<string> {
  const events = await fetch(new URL(`/api/v1/events?types=${TYPE}&afterPosition=0`, gateway), {
    headers: { authorization: `Bearer ${token}`, accept: "application/x-ndjson" },
    signal: AbortSignal.timeout(EVENT_WITHIN_MS),
  });
  let text = "";
  for await (const part of events.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    const device = /"deviceId":"([^"]+)"/.exec(text)?.[1];
    if (device !== undefined) return device;
  }
  throw new Error(`The gateway ended the stream of events before one came: ${events.status} ${text}`);
}
