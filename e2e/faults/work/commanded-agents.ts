import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { RestClient } from "../../journeys/testing/rest-client.ts";
import { makeDeviceKey } from "../../simulators/agent/device-key.ts";
import { type SimulatedAgent, startAgent } from "../../simulators/agent/simulated-agent.ts";
import { HostFacts } from "../../simulators/osquery/host-facts.ts";
import { drawIdentity } from "../../simulators/osquery/host-identity.ts";
import type { SeededRandom } from "../../simulators/seeded-random.ts";

/** A command that the platform said it had taken. */
export interface TakenCommand {
  readonly id: string;
  readonly deviceId: string;
  readonly content: string;
}

export interface CommandedAgents {
  readonly agents: readonly SimulatedAgent[];
  readonly taken: readonly TakenCommand[];
  /** Gives no more commands; the agents go on. */
  stopCommanding(): Promise<void>;
  stop(): Promise<void>;
}

export interface CommandedAgentsOptions {
  readonly api: RestClient;
  readonly server: string;
  readonly ca: string;
  readonly count: number;
  readonly random: SeededRandom;
  readonly everyMs: number;
}

interface Enqueued {
  readonly commands: readonly { readonly id: string }[];
}

const ATTEMPTS = 30;

/** Machines with the agent, and an operator who runs scripts on them, repeating each request under its key until it is answered. */
export async function startCommandedAgents(options: CommandedAgentsOptions): Promise<CommandedAgents> {
  const { api, server, ca, count, random, everyMs } = options;
  const { token } = await api.post<{ token: string }>("/api/v1/enrollment-tokens", { name: "faults", maxUses: count });
  const agents: SimulatedAgent[] = [];
  for (let place = 0; place < count; place++) {
    const own = random.fork(`agent ${place}`);
    const now = new Date();
    const identity = drawIdentity({ name: `agent-${place}`, platform: "linux", epoch: now, softwareCount: 5 }, own);
    const facts = new HostFacts(identity, own.fork("facts"), { startedAt: 0, configHash: "" });
    agents.push(
      await startAgent({
        server,
        ca,
        token,
        key: await makeDeviceKey(identity.name),
        facts,
        script: (content) => ({ output: content, exitCode: 0 }),
        backOff: { firstMs: 200, mostMs: 3_000 },
      }),
    );
  }

  const taken: TakenCommand[] = [];
  const stopping = new AbortController();
  const asking = new Set<Promise<void>>();
  const ask = async (deviceId: string, content: string): Promise<void> => {
    const key = randomUUID();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        const { commands } = await api.post<Enqueued>(
          "/api/v1/commands",
          { deviceIds: [deviceId], type: "COMMAND_TYPE_RUN_SCRIPT", runScript: { content } },
          { "idempotency-key": key },
        );
        for (const { id } of commands) taken.push({ id, deviceId, content });
        return;
      } catch {
        await pause(1_000);
      }
    }
  };
  const running = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const asked = ask(random.pick(agents).enrollment.deviceId, `script ${turn}`).finally(() => asking.delete(asked));
      asking.add(asked);
      await pause(2 * everyMs * random.next());
    }
    await Promise.all(asking);
  })();

  const stopCommanding = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  return {
    agents,
    taken,
    stopCommanding,
    stop: async () => {
      await stopCommanding();
      await Promise.all(agents.map((agent) => agent.stop()));
    },
  };
}
