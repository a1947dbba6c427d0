import type { Json } from "../api/client.ts";
import { deviceId } from "../api/device.ts";
import { usage } from "../failure.ts";
import { print } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

export interface ParkedOptions extends GlobalOptions {
  readonly consumer?: string;
  readonly device?: string;
}

/** Has one parked event tried again or given up, or all of a consumer, of a device, or of both. */
export async function settleParked(
  act: "retry" | "drop",
  id: string | undefined,
  options: ParkedOptions,
): Promise<void> {
  const { api } = openSession(options);
  const { consumer, device } = options;
  if (id !== undefined) {
    await api.call(`${pathOf(id)}/${act}`, { method: "POST" });
    return;
  }
  if (consumer === undefined && device === undefined) throw usage("which? Give an id, --consumer, --device, or both");
  const body = {
    ...(consumer !== undefined && { consumer }),
    ...(device !== undefined && { deviceId: await deviceId(api, device) }),
  };
  const answer: Json = await api.call(`/api/v1/parked-events/${act}`, { method: "POST", body });
  print(act === "retry" ? `${answer.devices} devices are tried again\n` : `${answer.events} events were given up\n`);
}

const pathOf = (id: string): string => `/api/v1/parked-events/${encodeURIComponent(id)}`;
