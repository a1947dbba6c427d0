import { readQuestions } from "../simulators/osquery/distributed.ts";
import { closedLoop, type LoadRequest, type LoopResult } from "./closed-loop.ts";
import { postTo } from "./http-request.ts";
import type { LoadHost } from "./known-hosts.ts";
import type { LoadTarget } from "./load-target.ts";
import { COUNTING_VERSION, TemplateHost } from "./template-host.ts";

export interface ScenarioOptions {
  readonly connections: number;
  readonly forMs: number;
}

const door = (target: LoadTarget, path: string) => {
  const url = `${target.inventoryUrl}/api/osquery/${path}`;
  return {
    url,
    post: postTo({ url, headers: target.headers ?? {} }),
    through: {
      ...(target.ca === undefined ? {} : { ca: target.ca }),
      ...(target.replicas && { origins: target.replicas.inventory }),
    },
  };
};

const inTurn = <T>(members: readonly T[]): (() => T) => {
  let place = 0;
  return () => {
    const member = members[place % members.length];
    if (member === undefined) throw new Error("the scenario needs at least one host");
    place += 1;
    return member;
  };
};

/** Reads of settled hosts, each host in turn: the commonest request of all. */
export const emptyReads = async (
  target: LoadTarget,
  hosts: readonly LoadHost[],
  options: ScenarioOptions,
): Promise<LoopResult & { readonly withQuestions: number }> => {
  const { url, post, through } = door(target, "distributed/read");
  let withQuestions = 0;
  const answered = (_: number, body: string): undefined => {
    // An empty answer is a few dozen bytes whichever fields it names; only a longer one is worth a closer look.
    if (body.length > 60 && !/"queries":\{\}/.test(body)) withQuestions += 1;
  };
  const requests = hosts.map(
    (host): LoadRequest => ({ bytes: post(`{"node_key":${JSON.stringify(host.nodeKey)}}`), answered }),
  );
  const result = await closedLoop({ url, ...through, ...options, wantBody: true, next: inTurn(requests) });
  return { ...result, withQuestions };
};

/** Polls with the etag of the configuration the hosts hold. */
export const configPolls = async (
  target: LoadTarget,
  hosts: readonly LoadHost[],
  options: ScenarioOptions,
): Promise<LoopResult> => {
  const { url, post, through } = door(target, "config");
  let etag: unknown;
  const first: LoadRequest = {
    bytes: post(`{"node_key":${JSON.stringify(hosts[0]?.nodeKey)}}`),
    answered: (_, body): undefined => {
      etag = (JSON.parse(body) as { etag?: unknown }).etag;
    },
  };
  const once = [first];
  await closedLoop({ url, ...through, connections: 1, wantBody: true, next: () => once.pop() });
  const requests = hosts.map(
    (host): LoadRequest => ({ bytes: post(JSON.stringify({ node_key: host.nodeKey, etag })) }),
  );
  return await closedLoop({ url, ...through, ...options, next: inTurn(requests) });
};

/** A full detail answer, ready to send, whose one counting version can be moved on in place. */
interface ReadyAnswer {
  readonly bytes: Buffer;
  readonly versionAt: number;
}

/** What a host is asked of its platform, answered in full with `software` packages, serialised to the last byte. */
export const prepareFullAnswers = async (
  target: LoadTarget,
  hosts: readonly LoadHost[],
  software: number,
): Promise<readonly ReadyAnswer[]> => {
  const read = door(target, "distributed/read");
  const write = door(target, "distributed/write");
  const template = new TemplateHost(software);
  const ready: ReadyAnswer[] = [];
  const readOf = (host: LoadHost, round: number): LoadRequest => ({
    bytes: read.post(`{"node_key":${JSON.stringify(host.nodeKey)}}`),
    answered: (status, body) => {
      const answer = status === 200 ? template.answer(readQuestions(JSON.parse(body)), host.nodeKey, host) : undefined;
      if (answer === undefined) return undefined;
      const bytes = Buffer.from(write.post(answer), "latin1");
      const versionAt = bytes.indexOf(COUNTING_VERSION);
      if (versionAt >= 0) ready.push({ bytes, versionAt });
      // What a host is asked first only tells its platform: packages are in what it is asked after that.
      return versionAt >= 0 || round === MOST_PREPARING_ROUNDS
        ? undefined
        : { bytes, answered: () => readOf(host, round + 1) };
    },
  });
  let place = 0;
  await closedLoop({
    url: read.url,
    ...read.through,
    connections: 4,
    wantBody: true,
    next: () => {
      const host = hosts[place];
      place += 1;
      return host === undefined ? undefined : readOf(host, 1);
    },
  });
  if (ready.length === 0) throw new Error("no host was asked for its packages: there is no full answer to send");
  return ready;
};

const MOST_PREPARING_ROUNDS = 3;

/** Full answers of the prepared hosts in turn; with `changed`, one package has a new version in every answer. */
export const fullAnswers = async (
  target: LoadTarget,
  ready: readonly ReadyAnswer[],
  options: ScenarioOptions & { readonly changed: boolean },
): Promise<LoopResult> => {
  const { url, through } = door(target, "distributed/write");
  // No two connections share a host, so no buffer is changed while it is being sent.
  const connections = Math.min(options.connections, ready.length);
  const shares = Array.from({ length: connections }, (_, share) =>
    inTurn(ready.filter((_, place) => place % connections === share)),
  );
  let version = Date.now() % 1_000_000;
  return await closedLoop({
    url,
    ...through,
    connections,
    forMs: options.forMs,
    next: (connection) => {
      const answer = shares[connection]?.();
      if (answer === undefined) return undefined;
      if (options.changed) {
        version += 1;
        answer.bytes.write(String(version % 10_000_000).padStart(7, "0"), answer.versionAt + 2, "latin1");
      }
      return answer;
    },
  });
};
