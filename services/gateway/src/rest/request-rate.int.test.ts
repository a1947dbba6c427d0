import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { ServiceProcess } from "@muster/testkit/service-process";
import type { GatewayTables } from "../storage/tables.ts";

const PER_SECOND = 1;
const BURST = 10;

describe("the requests of one caller", () => {
  let gateway: GatewayProcess<GatewayTables>;
  let other: ServiceProcess;

  before(async () => {
    gateway = await startGatewayProcess("127.0.0.1:1", { MUSTER_API_REQUESTS_PER_SECOND: String(PER_SECOND) });
    other = await gateway.anotherReplica();
  });

  after(async () => {
    await other?.end("SIGTERM");
    await gateway?.stop();
  });

  const ask = async (url: string) => {
    const response = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${gateway.admin.token}` } });
    await response.arrayBuffer();
    return { status: response.status, waitSec: Number(response.headers.get("retry-after")) };
  };

  it("count in all replicas together: what one let through too much, all of them wait for", async () => {
    const urls = [gateway.url, other.httpUrl];
    const answers = await Promise.all(urls.flatMap((url) => Array.from({ length: BURST }, () => ask(url))));
    assert.ok(answers.filter(({ status }) => status === 200).length > BURST);
    for (const url of urls) {
      // Alone a replica would have the next after a second, whatever was used up.
      await eventually("a replica to know what the other let through", async () => {
        const { status, waitSec } = await ask(url);
        return status === 429 && waitSec > 2 / PER_SECOND ? true : undefined;
      });
    }
  });
});
