import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe, it } from "node:test";
import { Agent } from "undici";
import { type WebSocket, WebSocketServer } from "ws";
import { HostSql } from "../osquery/host-sql.ts";
import { SeededRandom } from "../seeded-random.ts";
import { linuxFacts } from "../testing/linux-facts.ts";
import { startOrbit } from "./simulated-orbit.ts";

describe("a simulated fleetd", () => {
  it("enrolls, is woken over the WebSocket, runs a script once and answers questions with its orbit node key", async (t) => {
    const calls: { path: string; body: Record<string, unknown> }[] = [];
    let pending: string[] = [];
    let questions: Record<string, string> = {};
    const resulted = Promise.withResolvers<void>();
    const written = Promise.withResolvers<Record<string, unknown>>();
    const server = createServer((request, response) => {
      void (async () => {
        const path = request.url ?? "";
        if (request.method === "HEAD")
          return response.setHeader("x-fleet-capabilities", "orbit_endpoints,token_rotation").end();
        const body = (await json(request)) as Record<string, unknown>;
        calls.push({ path, body });
        const answers: Record<string, unknown> = {
          "/api/fleet/orbit/enroll": { orbit_node_key: "orbit-key" },
          "/api/fleet/orbit/config": { notifications: { pending_script_execution_ids: pending } },
          "/api/fleet/orbit/scripts/request": { host_id: 7, execution_id: "e1", script_contents: "echo hello" },
          "/api/osquery/distributed/read": { queries: questions },
        };
        if (path.endsWith("/scripts/result")) resulted.resolve();
        if (path.endsWith("/distributed/write")) written.resolve(body);
        return response.end(JSON.stringify(answers[path] ?? {}));
      })();
    });
    const sockets = new WebSocketServer({ server, path: "/api/fleet/orbit/notifications" });
    const connected = new Promise<WebSocket>((resolve, reject) => {
      sockets.once("connection", (socket, request) => {
        if (request.headers.authorization === "Node key orbit-key") resolve(socket);
        else reject(new Error("the socket came without the orbit node key"));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const dispatcher = new Agent();
    t.after(async () => {
      await dispatcher.destroy();
      sockets.close();
      server.close();
      server.closeAllConnections();
    });
    const facts = linuxFacts();
    const orbit = await startOrbit({
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      dispatcher,
      enrollSecret: "s",
      facts,
      sql: new HostSql(),
      random: new SeededRandom("o"),
    });
    assert.deepEqual(await orbit.ping(), ["orbit_endpoints", "token_rotation"]);
    const socket = await connected;
    pending = ["e1"];
    questions = { q: "select hostname from system_info" };
    for (const type of ["orbit/config", "distributed/read"])
      socket.send(JSON.stringify({ type, reason: "activity", data: null }));
    await resulted.promise;
    const write = await written.promise;
    await orbit.configCycle();
    await orbit.stop();
    assert.deepEqual([write["node_key"], write["queries"]], ["orbit-key", { q: [{ hostname: "any-host" }] }]);
    assert.equal(orbit.scripts.length, 1);
    const of = (path: string) =>
      calls.filter((call) => call.path === `/api/fleet/orbit/${path}`).map(({ body }) => body);
    assert.equal(of("scripts/result").length, 1);
    assert.equal(of("scripts/result")[0]?.["host_id"], 7);
    assert.equal(of("enroll")[0]?.["hardware_serial"], facts.identity.serial);
    assert.equal(of("device_token")[0]?.["device_auth_token"], orbit.deviceToken);
    assert.deepEqual(
      orbit.frames.map(({ type }) => type),
      ["orbit/config", "distributed/read"],
    );
  });
});
