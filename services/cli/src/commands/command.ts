import type { Api, Json } from "../api/client.ts";
import { type Device, deviceId } from "../api/device.ts";
import { itemsOf } from "../api/lines.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";
import { doEach, type Undone } from "./several.ts";

/** What became of asking devices: the commands of those that are asked, and why the others are not. */
export interface Asked {
  readonly commands: readonly Json[];
  readonly undone: readonly Undone[];
}

/** Asks devices to do something; that one is refused keeps no other from being asked. */
export async function enqueue(api: Api, devices: readonly Device[], what: Json): Promise<Asked> {
  const body = { deviceIds: devices.map(({ id }) => id), ...what };
  const { commands, refusals } = await api.call("/api/v1/commands", { method: "POST", body });
  const names = new Map(devices.map(({ id, name }) => [id, name]));
  const undone = (refusals as Json[]).map(({ deviceId, code, message }) => ({
    subject: names.get(deviceId) ?? deviceId,
    failure: new Failure(EXIT.refused, `${message} (${code})`),
  }));
  return { commands, undone };
}

const ENDED = new Set(["ACKNOWLEDGED", "FAILED", "EXPIRED", "CANCELLED"].map((state) => `COMMAND_STATE_${state}`));

/** Waits for a command's end. A connection that breaks meanwhile is made again; the command does not mind. */
export async function watch(api: Api, id: string): Promise<Json> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await api.request(`/api/v1/commands/${id}/watch`, {
        headers: { accept: "application/x-ndjson" },
      });
      for await (const { command } of itemsOf(response)) if (ENDED.has(command.state)) return command;
    } catch (error) {
      if (attempt >= 5 || (error instanceof Failure && error.exitCode !== EXIT.unreachable)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 500 * 2 ** attempt));
  }
}

export async function getCommand(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.get(`/api/v1/commands/${encodeURIComponent(id)}`), format);
}

export async function cancelCommand(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.call(`/api/v1/commands/${encodeURIComponent(id)}/cancel`, { method: "POST" }), format);
}

export async function refetch(names: readonly string[], options: GlobalOptions): Promise<void> {
  const { api } = openSession(options);
  await doEach(names, async (name) => {
    await api.call(`/api/v1/devices/${await deviceId(api, name)}/refetch`, { method: "POST" });
  });
}
