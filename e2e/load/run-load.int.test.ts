import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { Webhook } from "standardwebhooks";
import { tinyAgentServer } from "../simulators/testing/tiny-agent-server.ts";
import { tinyOsqueryServer } from "../simulators/testing/tiny-osquery-server.ts";
import { startWebhookReceiver } from "../simulators/webhook-receiver.ts";
import { idleAgents } from "./idle-agents.ts";
import { formatReport } from "./load-report.ts";
import { runLoad } from "./run-load.ts";
import { webhookLatency } from "./webhook-latency.ts";

const quick = { rounds: 2, roundMs: 60, connections: 4, answeringHosts: 3 };

describe("a load run", () => {
  it("enrolls in stages, sends true answers, and reports every scenario", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    server.config = { etag: "e", schedule: {} };
    server.ask({
      queries: { software: "select name, version from deb_packages", uuid: "select uuid from system_info" },
    });
    const target = { enrollmentUrl: server.url, inventoryUrl: server.url, gatewayUrl: "", token: "", secret: "s" };
    const report = await runLoad({ ...target, pids: { self: process.pid } }, { ...quick, knownHosts: [5, 12] });
    const value = (name: string): number => report.results.find((result) => result.name === name)?.value ?? 0;
    for (const name of ["enroll", "empty_reads", "config_polls", "full_answers", "full_answers_changed"]) {
      assert.ok(value(`osquery.${name}_per_s`) > 0, name);
      assert.ok(value(`osquery.${name}_per_s.at_5_hosts`) > 0, name);
    }
    assert.ok(value("self.rss_mb") > 20);
    assert.match(formatReport(report), /osquery\.enroll_per_s +[\d.,]+ {2}1\/s/);
    assert.equal(server.to("/enroll").length, 12);
    const uuids = new Set(server.to("/enroll").map(({ body }) => body["host_identifier"]));
    assert.equal(uuids.size, 12);
    const full = server
      .to("/distributed/write")
      .map(({ body }) => body["queries"] as unknown as Answer)
      .filter(({ software }) => software.length === 400);
    assert.ok(full.every(({ uuid }) => uuids.has(uuid[0]?.["uuid"] as never)));
    const counting = new Set(full.map(({ software }) => software[0]?.["version"]));
    assert.ok(counting.size > 2, "the changed package has a new version each time");
    assert.equal(server.to("/config").at(-1)?.body["etag"], "e");
  });

  it("does not count refusals as work", async (t) => {
    const server = await tinyOsqueryServer(t, "other");
    const target = {
      enrollmentUrl: server.url,
      inventoryUrl: server.url,
      gatewayUrl: "",
      token: "",
      secret: "s",
      pids: {},
    };
    await assert.rejects(runLoad(target, { ...quick, knownHosts: [5] }), /refused after 0 of 5 hosts: 401/);
  });
});

type Answer = {
  readonly software: readonly Record<string, string>[];
  readonly uuid: readonly Record<string, string>[];
};

describe("the webhook latency", () => {
  it("is the time from the change to the arrival", async (t) => {
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    const receiver = await startWebhookReceiver(secret);
    t.after(() => receiver.close());
    const change = async (round: number): Promise<number> => {
      const body = JSON.stringify({ round });
      const now = new Date();
      const timestamp = String(Math.floor(now.getTime() / 1000));
      const signature = new Webhook(secret).sign(`m${round}`, now, body);
      const headers = { "webhook-id": `m${round}`, "webhook-timestamp": timestamp, "webhook-signature": signature };
      const sentAt = performance.timeOrigin + performance.now();
      setTimeout(() => void fetch(receiver.url, { method: "POST", headers, body }), 20);
      return await Promise.resolve(sentAt);
    };
    const isAbout = ({ body }: { body: unknown }, round: number): boolean =>
      (body as { round: number }).round === round;
    const latency = await webhookLatency({ receiver, rounds: 5, change, isAbout });
    assert.ok(latency.p50Ms >= 19 && latency.p99Ms < 2000, JSON.stringify(latency));
    assert.equal(latency.unverified, 0);
  });
});

describe("idle agents", () => {
  it("are enrolled, stand, and cost what the processes say", async (t) => {
    const server = await tinyAgentServer(t, "token");
    const pids = { self: process.pid };
    const result = await idleAgents({
      deviceUrl: server.url,
      ca: server.ca,
      token: "token",
      agents: 25,
      pids,
      idleMs: 50,
    });
    assert.equal(result.standing, 25);
    assert.equal(result.lost.size, 0);
    assert.ok(result.linesReceived >= 25);
    assert.ok(result.cost.has("self"));
  });
});
