import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type NatsServer, startNats } from "@muster/backing/nats";
import type { EventService } from "@muster/contracts/event";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { bootstrapBus, restoreMissing } from "./bootstrap.ts";
import { REVISION, REVISION_KEY, STREAMS } from "./streams.ts";
import { verifyBus } from "./verify.ts";

const SIZE = { replicas: 1, maxBytes: 64 * 1024 ** 2 };

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

  const differences = async (service: EventService, replicas: number) =>
    (await verifyBus(manager, service, replicas)).differences;

  it("is found empty, and in order after the bootstrap step, which may run again", async () => {
    assert.deepEqual((await differences("policy", 1)).slice(0, 2), [
      "stream EVT_POLICY is missing",
      "consumer policy-enrollment of stream EVT_ENROLLMENT is missing",
    ]);
    assert.ok((await bootstrapBus(manager, SIZE)).created.includes("EVT_POLICY"));
    assert.deepEqual((await bootstrapBus(manager, SIZE)).created, []);
    assert.deepEqual(await differences("policy", 1), []);
  });

  it("is told field by field where it is otherwise than declared", async () => {
    await manager.streams.update("EVT_POLICY", { max_bytes: 1_000, allow_atomic: false });
    await manager.consumers.update("EVT_ENROLLMENT", "policy-enrollment", { max_ack_pending: 1, filter_subjects: [] });
    assert.deepEqual(await differences("policy", 3), [
      "stream EVT_POLICY has num_replicas 1, and 3 is declared",
      "stream EVT_POLICY has allow_atomic unset, and true is declared",
      "consumer policy-enrollment of stream EVT_ENROLLMENT has max_ack_pending 1, and 5000 is declared",
      'consumer policy-enrollment of stream EVT_ENROLLMENT has filter_subjects [], and ["evt.v1.*.enrollment.DeviceEnrolled","evt.v1.*.enrollment.DeviceUnenrolled"] is declared',
    ]);
    assert.deepEqual(await differences("command", 1), [], "what others have is not looked at");
    await bootstrapBus(manager, SIZE);
    assert.deepEqual(await differences("policy", 1), []);
  });

  it("is known when a later release has declared it, and again when this one has", async () => {
    const declaredBy = async (revision: number) => {
      const { config } = await manager.streams.info("EVT_POLICY");
      const metadata = { ...config.metadata, [REVISION_KEY]: String(revision) };
      await manager.streams.update("EVT_POLICY", { ...config, metadata });
      await manager.consumers.update("EVT_ENROLLMENT", "policy-enrollment", {
        filter_subjects: ["evt.v1.*.enrollment.Later"],
      });
      const found = await verifyBus(manager, "policy", 1);
      assert.equal(found.differences.length, 1);
      return found.isLater;
    };
    assert.equal(await declaredBy(REVISION + 1), true);
    assert.equal(await declaredBy(REVISION), false);
    assert.equal(await declaredBy(REVISION - 1), false);
    await bootstrapBus(manager, SIZE);
    assert.deepEqual(await verifyBus(manager, "policy", 1), { differences: [], isLater: false });
  });

  it("has back what it lost of a service's own, and nothing where it knows none of the streams", async () => {
    await manager.streams.delete("EVT_POLICY");
    await manager.consumers.delete("EVT_ENROLLMENT", "policy-enrollment");
    assert.deepEqual(await restoreMissing(manager, "policy", SIZE), ["EVT_POLICY", "policy-enrollment"]);
    assert.deepEqual(await restoreMissing(manager, "policy", SIZE), []);
    assert.deepEqual(await differences("policy", 1), []);
    for (const { name } of Object.values(STREAMS)) await manager.streams.delete(name);
    assert.deepEqual(await restoreMissing(manager, "policy", SIZE), []);
  });

  it("is not made when its store is too small, and says what to do", async () => {
    const small = await mkdtemp(join(tmpdir(), "muster-test-nats-"));
    const config = join(small, "nats.conf");
    await writeFile(config, "jetstream { max_file_store: 100MB }");
    const tight = await startNats({ dataDir: small, config });
    const connection = await connect({ servers: tight.url });
    try {
      await assert.rejects(
        bootstrapBus(await jetstreamManager(connection), SIZE),
        /^Error: NATS has no room for 6 streams of 64 MiB: free some disk, raise its max_file_store, or set MUSTER_NATS_STREAM_MIB lower$/,
      );
    } finally {
      await connection.close();
      await tight.stop();
      await rm(small, { recursive: true, force: true });
    }
  });
});
