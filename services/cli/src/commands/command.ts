import type { Api, Json } from "../api/client.ts";
import { deviceIds } from "../api/device.ts";
import { itemsOf } from "../api/lines.ts";
import { EXIT, Failure } from "../failure.ts";
import { printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

/** Asks devices to do something; a device that was not asked is a failure that says why. */
export async function enqueue(api: Api, ids: readonly string[], what: Json): Promise<Json[]> {
  const { commands, refusals } = await api.call("/api/v1/commands", {
    method: "POST",
    body: { deviceIds: ids, ...what },
  });
  const [refusal] = refusals;
  if (refusal !== undefined)
    throw new Failure(EXIT.refused, `${refusal.deviceId}: ${refusal.message} (${refusal.code})`);
  return commands;
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
  for (const id of await deviceIds(api, names)) await api.call(`/api/v1/devices/${id}/refetch`, { method: "POST" });
}
