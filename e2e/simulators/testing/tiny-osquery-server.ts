import type { TestContext } from "node:test";
import { type TinyRequest, type TinyServer, tinyServer } from "./tiny-server.ts";

export interface Asked {
  queries: Record<string, string>;
  discovery?: Record<string, string>;
  accelerate?: number;
}

export interface TinyOsqueryServer extends TinyServer {
  /** What the next distributed/read of any host hands out; handed out once per host and name. */
  ask(asked: Asked): void;
  config: Record<string, unknown>;
  /** Node keys that are no longer known. */
  readonly revoked: Set<string>;
  to(path: string): TinyRequest[];
}

/** As little of an osquery TLS server as shows that a host follows the protocol. */
export const tinyOsqueryServer = async (
  test: Pick<TestContext, "after">,
  secret: string,
): Promise<TinyOsqueryServer> => {
  const revoked = new Set<string>();
  const keys = new Set<string>();
  const pending = new Map<string, Asked>();
  let asked: Asked = { queries: {} };
  const server = await tinyServer(test, ({ path, body }) => {
    if (path === "/api/osquery/enroll") {
      if (body["enroll_secret"] !== secret) return { status: 401, body: { error: "bad secret", node_invalid: true } };
      const key = `key-${String(body["host_identifier"])}-${keys.size}`;
      keys.add(key);
      pending.set(key, asked);
      return { body: { node_key: key } };
    }
    const key = String(body["node_key"]);
    if (path !== "/api/osquery/carve/block" && (!keys.has(key) || revoked.has(key))) {
      return { status: 401, body: { error: "unknown node key", node_invalid: true } };
    }
    if (path === "/api/osquery/config") {
      return { body: body["etag"] === result.config["etag"] && body["etag"] ? { etag: "ok" } : result.config };
    }
    if (path === "/api/osquery/carve/begin") return { body: { session_id: "carve-1", success: true } };
    if (path === "/api/osquery/distributed/read") {
      const next = pending.get(key) ?? { queries: {} };
      pending.delete(key);
      return { body: next };
    }
    return {};
  });
  const result: TinyOsqueryServer = {
    ...server,
    revoked,
    config: { schedule: {} },
    ask(next) {
      asked = next;
      for (const key of keys) pending.set(key, next);
    },
    to: (path) => server.requests.filter((request) => request.path === `/api/osquery${path}`),
  };
  return result;
};
