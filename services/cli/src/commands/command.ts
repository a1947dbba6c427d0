import type { Api, Json } from "../api/client.ts";
import type { Device } from "../api/device.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";
import type { Undone } from "./several.ts";

/** What became of asking devices: the commands of those that are asked, and why the others are not. */
export interface Asked {
  readonly commands: readonly Json[];
  /** How many there are; the platform does not list very many. */
  readonly count: number;
  readonly undone: readonly Undone[];
}

/** Asks devices to do something; that one is refused keeps no other from being asked. */
export async function enqueue(api: Api, devices: readonly Device[], what: Json): Promise<Asked> {
  const body = { deviceIds: devices.map(({ id }) => id), ...what };
  const { commands, commandCount, refusals } = await api.call("/api/v1/commands", { method: "POST", body });
  const names = new Map(devices.map(({ id, name }) => [id, name]));
  const undone = (refusals as Json[]).map(({ deviceId, code, message }) => ({
    subject: names.get(deviceId) ?? deviceId,
    failure: new Failure(EXIT.refused, `${message} (${code})`),
  }));
  return { commands, count: commandCount, undone };
}

const ENDED = new Set(["ACKNOWLEDGED", "FAILED", "EXPIRED", "CANCELLED"].map((state) => `COMMAND_STATE_${state}`));

/**
 * Waits for a command's end, or until it is told to stop: then it returns the last that it saw. A connection that breaks
 * meanwhile is made again; the command does not mind.
 */
export async function watch(api: Api, id: string, stop?: AbortSignal): Promise<Json> {
  let latest: Json;
  for (let attempt = 0; ; attempt++) {
    try {
      const watched = { path: { id }, ...(stop && { signal: stop }) };
      for await (const { command } of api.client.items("/api/v1/commands/{id}/watch", watched)) {
        if (command === undefined) continue;
        latest = command;
        if (ENDED.has(command.state)) return command;
      }
    } catch (error) {
      if (stop?.aborted) return latest;
      if (attempt >= 5 || (error instanceof Failure && error.exitCode !== EXIT.unreachable)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 500 * 2 ** attempt));
  }
}

export async function getCommand(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.client.get("/api/v1/commands/{id}", { path: { id } }), format);
}

export async function cancelCommand(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.client.post("/api/v1/commands/{id}/cancel", { path: { id } }), format);
}
