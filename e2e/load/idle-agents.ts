import type { AgentIdentity } from "../simulators/agent/agent-door.ts";
import { makeDeviceKey } from "../simulators/agent/device-key.ts";
import { openIdleStreams } from "../simulators/agent/idle-streams.ts";
import { closedLoop } from "./closed-loop.ts";
import { asciiJson, postTo } from "./http-request.ts";
import { type ProcessUsage, usageOf } from "./process-usage.ts";

export interface IdleAgentsOptions {
  /** Where agents connect: the ingress, because only TLS with a client certificate opens a stream. */
  readonly deviceUrl: string;
  readonly ca: string;
  /** An enrollment token that may be used as often as there are agents. */
  readonly token: string;
  readonly agents: number;
  readonly pids: Readonly<Record<string, number>>;
  /** How long the streams stand idle while processor time is counted. */
  readonly idleMs: number;
}

export interface IdleAgentsResult {
  readonly standing: number;
  readonly enrolledPerSecond: number;
  readonly lost: ReadonlyMap<string, number>;
  readonly linesReceived: number;
  /** By process: how much more memory than before, and the share of one core while idle. */
  readonly cost: ReadonlyMap<string, { readonly rssMb: number; readonly coreShare: number }>;
}

const enrollAll = async (options: IdleAgentsOptions): Promise<{ identities: AgentIdentity[]; perSecond: number }> => {
  // A certificate request names no device, so one key and one request serve all agents of the load.
  const { csr, privateKey } = await makeDeviceKey("load agent");
  const url = `${options.deviceUrl}/agent/v1/enroll`;
  const post = postTo({ url });
  const run = Date.now().toString(36);
  const identities: AgentIdentity[] = [];
  let refusal: string | undefined;
  let place = 0;
  const result = await closedLoop({
    url,
    ca: options.ca,
    connections: 16,
    wantBody: true,
    next: () => {
      if (refusal !== undefined || place >= options.agents) return undefined;
      place += 1;
      const name = `load-agent-${run}-${place}`;
      const body = asciiJson({
        token: options.token,
        csr,
        hostname: name,
        hardware: { uuid: name, serial: name, vendor: "Load", model: "Idle" },
        os: { platform: "debian", name: "Debian GNU/Linux", version: "13", kernel: "6.12.0", arch: "x86_64" },
        agent: { version: "0.0.0-load", protocols: [1], capabilities: [] },
      });
      const answered = (status: number, text: string): undefined => {
        if (status !== 200) {
          refusal ??= `${status} ${text.slice(0, 300)}`;
          return;
        }
        const { certificate, chain } = JSON.parse(text) as Pick<AgentIdentity, "certificate" | "chain">;
        identities.push({ certificate, chain, privateKey });
      };
      return { bytes: post(body), answered };
    },
  });
  if (refusal !== undefined)
    throw new Error(`agent ${identities.length + 1} of ${options.agents} was refused: ${refusal}`);
  return { identities, perSecond: result.perSecond };
};

const change = (before: ProcessUsage | undefined, after: ProcessUsage | undefined): ProcessUsage => ({
  rssMb: (after?.rssMb ?? 0) - (before?.rssMb ?? 0),
  cpuSeconds: (after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0),
});

/** Enrolls agents, opens a stream for each, and measures what standing idle costs the server. */
export const idleAgents = async (options: IdleAgentsOptions): Promise<IdleAgentsResult> => {
  const { identities, perSecond } = await enrollAll(options);
  const before = await usageOf(options.pids);
  const streams = await openIdleStreams({ server: options.deviceUrl, ca: options.ca, identities });
  try {
    const opened = await usageOf(options.pids);
    await new Promise((resolve) => setTimeout(resolve, options.idleMs));
    const after = await usageOf(options.pids);
    const cost = Object.keys(options.pids).map((name) => {
      const { rssMb } = change(before.get(name), after.get(name));
      const { cpuSeconds } = change(opened.get(name), after.get(name));
      return [name, { rssMb, coreShare: cpuSeconds / (options.idleMs / 1000) }] as const;
    });
    return {
      standing: streams.standing(),
      enrolledPerSecond: perSecond,
      lost: new Map(streams.lost),
      linesReceived: streams.lines(),
      cost: new Map(cost),
    };
  } finally {
    await streams.close();
  }
};
