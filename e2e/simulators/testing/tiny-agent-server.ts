import { generateKeyPairSync, sign } from "node:crypto";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import type { CommandResult } from "../agent/command-runner.ts";
import { Arrivals } from "../arrivals.ts";
import { tinyAuthority } from "./tiny-authority.ts";

/** As little of the agent protocol's server side as shows that an agent follows it, with real mTLS. */
export const tinyAgentServer = async (test: Pick<TestContext, "after">, token: string) => {
  const authority = await tinyAuthority();
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const streams = new Set<ServerResponse>();
  const results = new Arrivals<CommandResult>();
  const state = { commands: [] as string[], questions: {} as Record<string, string>, accept: true };
  const answers = new Arrivals<Record<string, unknown>>();
  let devices = 0;

  const server = createServer(
    { ...authority.server, ca: authority.ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      void (async () => {
        const reply = (status: number, body: unknown): void => {
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
        };
        const path = request.url ?? "";
        if (path === "/agent/v1/enroll") {
          const body = (await json(request)) as { token: string; csr: string };
          if (body.token !== token) return reply(403, { code: "enrollment.token_unknown" });
          devices += 1;
          const deviceId = `d${devices}`;
          return reply(200, {
            deviceId,
            tenant: "t",
            certificate: await authority.sign(body.csr, deviceId),
            chain: [authority.ca],
            nodeKey: `node-${deviceId}`,
            commandKeys: { keys: [publicKey.export({ format: "jwk" })] },
            checkinIntervalSec: 60,
            ownership: "corporate",
          });
        }
        if (!(request.socket as TLSSocket).authorized) return reply(401, { code: "agent.reenroll" });
        if (path === "/agent/v1/stream") {
          response.writeHead(200, { "content-type": "application/x-ndjson" });
          response.write('{"type":"hello","pingSec":30}\n');
          streams.add(response);
          return response.once("close", () => streams.delete(response));
        }
        const body = (await json(request)) as Record<string, unknown>;
        if (path === "/agent/v1/checkin") {
          return reply(200, { serverTime: new Date().toISOString(), commands: state.commands, nextSec: 60 });
        }
        if (path === "/agent/v1/results") {
          const sent = body["results"] as CommandResult[];
          for (const result of sent) results.add(result);
          return reply(200, { accepted: state.accept ? sent.map(({ commandId }) => commandId) : [] });
        }
        if (path === "/api/osquery/distributed/read") return reply(200, { queries: state.questions });
        answers.add(body);
        return reply(200, {});
      })();
    },
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.ca,
    state,
    results,
    answers,
    streams: () => streams.size,
    wake(what: "commands" | "queries"): void {
      for (const stream of streams) stream.write(`${JSON.stringify({ type: "wake", for: what })}\n`);
    },
    /** A command as the server signs one. */
    command(payload: Readonly<Record<string, unknown>>): string {
      const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      const signed = `${encode({ alg: "EdDSA" })}.${encode(payload)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
};
