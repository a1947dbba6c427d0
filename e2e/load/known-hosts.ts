import { createHash } from "node:crypto";
import { readQuestions } from "../simulators/osquery/distributed.ts";
import { closedLoop, type LoadRequest, type LoopResult } from "./closed-loop.ts";
import { postTo } from "./http-request.ts";
import type { LoadTarget } from "./load-target.ts";
import { type LoadIdentity, TemplateHost } from "./template-host.ts";

export interface LoadHost extends LoadIdentity {
  readonly nodeKey: string;
}

const identityOf = (run: string, place: number): LoadIdentity => {
  const digest = createHash("sha256").update(`${run}/${place}`).digest("hex");
  const part = (from: number, to: number): string => digest.slice(from, to);
  return {
    uuid: `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`,
    serial: `LD${part(32, 40).toUpperCase()}`,
    name: `load-${part(40, 44)}-${String(place).padStart(7, "0")}`,
  };
};

const parse = (body: string): Record<string, unknown> => {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
};

export interface EnrollRequest {
  /** Hosts of another run are other machines. */
  readonly run: string;
  readonly from: number;
  readonly count: number;
  readonly connections: number;
}

/** Enrolls hosts until all have a node key. @throws when the server refuses, with what it said. */
export const enrollHosts = async (
  target: LoadTarget,
  { run, from, count, connections }: EnrollRequest,
): Promise<{ readonly hosts: readonly LoadHost[]; readonly result: LoopResult }> => {
  const template = new TemplateHost(1);
  const url = `${target.enrollmentUrl}/api/osquery/enroll`;
  const post = postTo({ url, ...(target.headers === undefined ? {} : { headers: target.headers }) });
  const hosts: LoadHost[] = [];
  let place = from;
  let refusal: string | undefined;
  const result = await closedLoop({
    url,
    ...(target.replicas && { origins: target.replicas.enrollment }),
    connections,
    wantBody: true,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    next: () => {
      if (refusal !== undefined || place >= from + count) return undefined;
      const identity = identityOf(run, place);
      place += 1;
      return {
        bytes: post(template.enrollment(target.secret, identity)),
        answered: (status, body): undefined => {
          const nodeKey = parse(body)["node_key"];
          if (typeof nodeKey === "string" && nodeKey !== "") hosts.push({ ...identity, nodeKey });
          else refusal ??= `${status} ${body.slice(0, 300)}`;
        },
      };
    },
  });
  if (refusal !== undefined) {
    throw new Error(
      `enrollment was refused after ${hosts.length} of ${count} hosts: ${refusal} (429: raise the enrollment limit for the load)`,
    );
  }
  return { hosts, result };
};

/** Lets each host answer what it is asked, with little software, until it is asked nothing: then its reads are empty. */
export const settleHosts = async (
  target: LoadTarget,
  hosts: readonly LoadHost[],
  connections: number,
): Promise<LoopResult> => {
  const template = new TemplateHost(10);
  const url = `${target.inventoryUrl}/api/osquery/distributed/read`;
  const headers = target.headers ?? {};
  const read = postTo({ url, headers });
  const write = postTo({ url: `${target.inventoryUrl}/api/osquery/distributed/write`, headers });
  const readOf = (host: LoadHost, round: number): LoadRequest => ({
    bytes: read(`{"node_key":${JSON.stringify(host.nodeKey)}}`),
    answered: (_status, body) => {
      const answer = template.answer(readQuestions(parse(body)), host.nodeKey, host);
      if (answer === undefined || round === MOST_SETTLING_ROUNDS) return undefined;
      return { bytes: write(answer), answered: () => readOf(host, round + 1) };
    },
  });
  let place = 0;
  return await closedLoop({
    url,
    ...(target.replicas && { origins: target.replicas.inventory }),
    connections,
    wantBody: true,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    next: () => {
      const host = hosts[place];
      place += 1;
      return host === undefined ? undefined : readOf(host, 1);
    },
  });
};

/** Answers may call for further questions (policies after labels); a server that never stops asking is not settled. */
const MOST_SETTLING_ROUNDS = 5;
