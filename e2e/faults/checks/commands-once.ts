import type { RestClient } from "../../journeys/testing/rest-client.ts";
import type { CommandedAgents } from "../work/commanded-agents.ts";
import { type Finding, finding } from "./check.ts";

interface Command {
  readonly state: string;
  readonly result?: { readonly output?: string };
}

const END_WITHIN_MS = 150_000;

/** Every command that was taken comes to the end that its device says it came to, and nothing that was asked once ran twice. */
export async function everyCommandOnce(api: RestClient, { taken, agents }: CommandedAgents): Promise<Finding> {
  const violations: string[] = [];
  const deadline = performance.now() + END_WITHIN_MS;
  for (const { id, deviceId, content } of taken) {
    const left = Math.max(1_000, deadline - performance.now());
    const ended = await api
      .until<Command, Command>(
        `/api/v1/commands/${id}`,
        (command) => (/ACKNOWLEDGED|FAILED|EXPIRED/.test(command.state) ? command : undefined),
        left,
      )
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (typeof ended === "string") {
      violations.push(`command ${id} does not end: ${ended}`);
      continue;
    }
    const ran = agents
      .filter(({ enrollment }) => enrollment.deviceId === deviceId)
      .flatMap((agent) => agent.commands().filter(({ command }) => command.id === id));
    if (ran.length !== 1) violations.push(`command ${id} ran ${ran.length} times`);
    if (ended.state !== "COMMAND_STATE_ACKNOWLEDGED" || ended.result?.output !== content) {
      violations.push(`command ${id} ran, and is ${ended.state} with "${ended.result?.output ?? ""}"`);
    }
  }
  const runs = new Map<string, number>();
  for (const { command } of agents.flatMap((agent) => agent.commands())) {
    const content = String(command.params["content"]);
    runs.set(content, (runs.get(content) ?? 0) + 1);
  }
  violations.push(
    ...[...runs]
      .filter(([, count]) => count > 1)
      .map(([content, count]) => `"${content}" was asked once and ran ${count} times`),
  );
  return finding("every command that was taken ran once and ended as it ran", taken.length, violations);
}
