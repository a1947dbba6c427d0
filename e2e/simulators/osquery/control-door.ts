import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Fleet } from "./fleet.ts";
import type { FactChange } from "./host-facts.ts";
import type { OsqueryHost } from "./osquery-host.ts";

export interface ControlDoor {
  readonly url: string;
  close(): Promise<void>;
}

const describe = ({ facts: { identity }, nodeKey, ledger }: OsqueryHost) => ({
  name: identity.name,
  platform: identity.platform,
  os: `${identity.os.name} ${identity.os.version}`,
  uuid: identity.uuid,
  serial: identity.serial,
  enrolled: nodeKey !== undefined,
  counts: ledger.counts,
});

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

const readChange = async (request: IncomingMessage): Promise<FactChange> => {
  const body = JSON.parse(await text(request)) as Partial<{ table: string; rows: unknown; patch: unknown }>;
  if (typeof body.table !== "string") throw new Error("table is missing");
  if (!Array.isArray(body.rows) && typeof body.patch !== "object") throw new Error("give rows or patch");
  return body as FactChange;
};

const serve = async (fleet: Fleet, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [, collection, name, action] = (request.url ?? "").split("/").map(decodeURIComponent);
  if (collection !== "hosts") return answer(response, 404, { error: "there is only /hosts" });
  if (name === undefined || name === "") return answer(response, 200, fleet.hosts.map(describe));
  const host = fleet.host(name);
  if (host === undefined) return answer(response, 404, { error: `no such host: ${name}` });
  if (request.method === "GET" && action === undefined) return answer(response, 200, describe(host));
  if (request.method === "GET" && action === "ledger") return answer(response, 200, host.ledger.entries());
  if (request.method !== "POST") return answer(response, 405, { error: "POST set, step or poll; GET ledger" });
  if (action === "set") return answer(response, 200, { rows: fleet.set(name, await readChange(request)) });
  if (action === "step") fleet.step(name);
  else if (action === "poll") host.poll();
  else return answer(response, 404, { error: "POST set, step or poll; GET ledger" });
  return answer(response, 200, {});
};

/**
 * Lets a test reach into the fleet: GET /hosts, GET /hosts/<name>, GET /hosts/<name>/ledger,
 * POST /hosts/<name>/set {table, rows | patch, where?}, POST /hosts/<name>/step, POST /hosts/<name>/poll.
 */
export const openControlDoor = async (fleet: Fleet, port = 0): Promise<ControlDoor> => {
  const server: Server = createServer((request, response) => {
    serve(fleet, request, response).catch((error: unknown) => {
      answer(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};
