import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type NatsServer, startNats } from "@muster/backing/nats";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { bootstrapBus } from "./bootstrap.ts";
import { verifyBus } from "./verify.ts";

describe("a bus that is verified at a service's start", () => {
  let server: NatsServer;
  let bus: NatsConnection;
  let manager: JetStreamManager;
  let dataDir: string;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "muster-test-nats-"));
    server = await startNats({ dataDir });
    bus = await connect({ servers: server.url });
    manager = await jetstreamManager(bus);
  });
  after(async () => {
    await bus.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("is found empty, and in order after the bootstrap step, which may run again", async () => {
    assert.deepEqual((await verifyBus(manager, "policy", 1)).slice(0, 2), [
      "stream EVT_POLICY is missing",
      "consumer policy-enrollment of stream EVT_ENROLLMENT is missing",
    ]);
    assert.ok((await bootstrapBus(manager, 1)).created.includes("EVT_POLICY"));
    assert.deepEqual((await bootstrapBus(manager, 1)).created, []);
    assert.deepEqual(await verifyBus(manager, "policy", 1), []);
  });

  it("is told field by field where it is otherwise than declared", async () => {
    await manager.streams.update("EVT_POLICY", { max_bytes: 1_000, allow_atomic: false });
    await manager.consumers.update("EVT_ENROLLMENT", "policy-enrollment", { max_ack_pending: 1, filter_subjects: [] });
    assert.deepEqual(await verifyBus(manager, "policy", 3), [
      "stream EVT_POLICY has num_replicas 1, and 3 is declared",
      "stream EVT_POLICY has max_bytes 1000, and 8589934592 is declared",
      "stream EVT_POLICY has allow_atomic unset, and true is declared",
      "consumer policy-enrollment of stream EVT_ENROLLMENT has max_ack_pending 1, and 5000 is declared",
      'consumer policy-enrollment of stream EVT_ENROLLMENT has filter_subjects [], and ["evt.v1.*.enrollment.DeviceEnrolled","evt.v1.*.enrollment.DeviceUnenrolled"] is declared',
    ]);
    assert.deepEqual(await verifyBus(manager, "command", 1), [], "what others have is not looked at");
    await bootstrapBus(manager, 1);
    assert.deepEqual(await verifyBus(manager, "policy", 1), []);
  });
});
