import { setTimeout as pause } from "node:timers/promises";
import { type Finding, finding } from "../faults/checks/check.ts";
import type { RestClient } from "../journeys/testing/rest-client.ts";
import type { EveryKind } from "./devices.ts";

interface Command {
  readonly id: string;
  readonly state: string;
}

/** What devices were asked while nothing led to them. */
export interface Pending {
  /** Once each device did what it was asked, or the time is over. */
  outcome(api: RestClient): Promise<Finding>;
}

const SQL = "select hostname as asked_before from system_info";
const WITHIN_MS = 120_000;

/** Queues a script for a machine with our agent. @returns the command's id. */
export async function askOne(api: RestClient, deviceId: string, content: string): Promise<string> {
  return enqueue(api, { deviceIds: [deviceId], type: "COMMAND_TYPE_RUN_SCRIPT", runScript: { content } });
}

/** A question for the machines that only osquery runs on, a script for those that run such, an Apple command for Apple's. */
export async function askEveryKind(
  api: RestClient,
  ids: ReadonlyMap<string, string>,
  { agent, apple, fleet, kinds, orbit }: EveryKind,
): Promise<Pending> {
  const idsOf = (wanted: string): string[] =>
    [...kinds].flatMap(([serial, kind]) => (kind === wanted ? [ids.get(serial) ?? ""] : []));
  const script = async (kind: "fleetd" | "agent") => askOne(api, idsOf(kind)[0] ?? "", kind);
  const commands = [
    { id: await script("fleetd"), runs: () => orbit.scripts.filter(({ contents }) => contents === "fleetd").length },
    {
      id: await script("agent"),
      runs: () => agent.commands().filter(({ command }) => command.params["content"] === "agent").length,
    },
  ];
  for (const device of apple) {
    const id = await enqueue(api, {
      deviceIds: [ids.get(device.hardware.serial)],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "DeviceInformation", parameters: { Queries: ["OSVersion"] } },
    });
    const runs = () => [...device.ledger.commands()].filter(([uuid]) => uuid.toLowerCase() === id.toLowerCase()).length;
    commands.push({ id, runs });
  }
  await api.post("/api/v1/live-queries", { sql: SQL, selection: { deviceIds: idsOf("osquery") } });
  const answers = () =>
    fleet.hosts.map(
      ({ ledger }) => ledger.entries().filter((entry) => entry.kind === "asked" && entry.sql === SQL).length,
    );

  return {
    outcome: async (restored) => {
      const deadline = performance.now() + WITHIN_MS;
      let open = commands.map(({ id }) => id);
      while (performance.now() < deadline && (open.length > 0 || answers().includes(0))) {
        // No push service wakes simulated Apple devices here: they come as they do now and then.
        for (const device of apple) await device.poll().catch(() => undefined);
        const states = await Promise.all(open.map((id) => restored.get<Command & object>(`/api/v1/commands/${id}`)));
        open = states.filter(({ state }) => state !== "COMMAND_STATE_ACKNOWLEDGED").map(({ id }) => id);
        await pause(200);
      }
      return finding("each device was given what waited for it, once", commands.length + fleet.hosts.length, [
        ...open.map((id) => `command ${id} was not executed`),
        ...commands.filter(({ runs }) => runs() !== 1).map(({ id, runs }) => `command ${id} ran ${runs()} times`),
        ...answers().flatMap((times, host) => (times === 1 ? [] : [`host ${host} was asked ${times} times`])),
      ]);
    },
  };
}

async function enqueue(api: RestClient, request: object): Promise<string> {
  const { commands } = await api.post<{ commands: Command[] }>("/api/v1/commands", request);
  const [command] = commands;
  if (command === undefined) throw new Error("nothing was queued");
  return command.id;
}
