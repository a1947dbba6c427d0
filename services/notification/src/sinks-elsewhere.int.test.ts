import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Sink } from "@muster/contracts/gen/muster/notification/v1/sink";
import { S3Simulator } from "@muster/e2e/simulators/sinks/s3";
import { SentinelSimulator } from "@muster/e2e/simulators/sinks/sentinel";
import { tinyAuthority } from "@muster/e2e/simulators/testing/tiny-authority";
import { eventually } from "@muster/testkit/eventually";
import { ACCOUNT, apacheKafka, KafkaBroker } from "./testing/kafka-broker.ts";
import { RunningNotification } from "./testing/running-notification.ts";

const SECRET = "never-shown";
const product = apacheKafka();

describe("sinks in clouds and clusters", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32");
  });

  after(async () => {
    assert.equal(await service.stop(), 0);
  });

  const create = async (destination: object): Promise<Sink> => {
    const sink = await service.createSink({
      ...destination,
      filter: { services: ["policy"] },
      batching: { lingerMs: 1 },
    });
    assert.doesNotMatch(JSON.stringify(sink), new RegExp(`${SECRET}|${ACCOUNT.password}`));
    return sink;
  };
  const moved = ({ id }: Sink) =>
    eventually("the sink's position", async () => {
      const { health } = await service.sink(id);
      return health.deliveredCount > 0 && health.lagEvents === 0 ? true : undefined;
    });

  it("write an event as an object under the sink's own name", async () => {
    const store = new S3Simulator();
    await store.open();
    const account = { accessKeyId: "key", secretAccessKey: SECRET };
    const sink = await create({
      s3: { endpoint: store.url, bucket: "events", region: "eu-central-1", pathStyle: true, ...account },
    });
    const id = await service.policyChanged("Disks are sealed");
    await moved(sink);
    const [[path, { body }] = assert.fail()] = store.objects;
    assert.match(path, new RegExp(`^/events/\\d{4}/\\d{2}/\\d{2}/\\d{2}/${sink.id}/.*\\.ndjson\\.gz$`));
    assert.equal(JSON.parse(gunzipSync(body).toString()).id, id);
    await store.close();
  });

  it("write an event as a row", async () => {
    const application = { entraTenant: "acme.example", clientId: "muster", clientSecret: SECRET };
    const rule = { ruleId: "dcr-00000000000000000000000000000001", stream: "Custom-Muster_CL" };
    const azure = new SentinelSimulator({ ...application, ...rule });
    await azure.open();
    const { entraTenant: entraTenantId, ...asked } = application;
    const sink = await create({
      sentinel: { endpoint: azure.url, authority: azure.url, entraTenantId, ...asked, ...rule },
    });
    const id = await service.policyChanged("Disks are sealed");
    await moved(sink);
    assert.equal(azure.rows[0]?.["id"], id);
    await azure.close();
  });

  it("write an event as a record", { skip: "missing" in product && product.missing }, async () => {
    const { ca, server } = await tinyAuthority();
    const broker = await KafkaBroker.start("classpath" in product ? product.classpath : "", server);
    await broker.createTopic("events", 1);
    const account = { saslMechanism: "SASL_MECHANISM_SCRAM_SHA_512", ...ACCOUNT };
    const sink = await create({
      kafka: { brokers: [broker.tls], topic: "events", tls: { caCertificates: ca }, ...account },
    });
    const id = await service.policyChanged("Disks are sealed", { deviceId: "d1" });
    await moved(sink);
    const [partition, headers, key, value] = broker.read("events", 1)[0]?.split("\t") ?? [];
    assert.deepEqual([partition, key], ["Partition:0", "d1"]);
    assert.ok(headers?.includes(`ce_id:${id},`));
    assert.equal(JSON.parse(value ?? "").policy.name, "Disks are sealed");
    await broker.remove();
  });
});
