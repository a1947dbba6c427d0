import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import {
  KafkaDestination as Configuration,
  KafkaCompression,
  SaslMechanism,
} from "@muster/contracts/gen/muster/notification/v1/sink";
import { tinyAuthority } from "@muster/e2e/simulators/testing/tiny-authority";
import { cidrs } from "../../domain/address-policy.ts";
import { ACCOUNT, apacheKafka, KafkaBroker } from "../../testing/kafka-broker.ts";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import type { Destination } from "../destination.ts";
import { kafka } from "./kafka.ts";

const never = new AbortController().signal;
const TAKEN = { kind: "taken" };
const times = <T extends object>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const product = apacheKafka();

const open = (changes: object, allowed = "127.0.0.1/32"): Destination => {
  const configuration = Configuration.fromPartial(changes);
  kafka.check(configuration);
  return kafka.open(configuration, { tenant: "acme", sink: "s1", format: "ecs", allowed: cidrs(allowed) });
};

describe("Apache Kafka as a sink", { skip: "missing" in product && product.missing }, () => {
  let broker: KafkaBroker;
  let ca: string;
  let sink: Destination;

  before(async () => {
    const authority = await tinyAuthority();
    ca = authority.ca;
    broker = await KafkaBroker.start("classpath" in product ? product.classpath : "", authority.server);
  });

  after(() => broker.remove());
  afterEach(() => sink.close());

  const toTopic = async (topic: string, partitions: number, changes: object = {}) => {
    await broker.createTopic(topic, partitions);
    sink = open({ brokers: [broker.plaintext], topic, plaintext: true, ...changes });
  };

  it("holds events with their attributes, each device's in one partition, which is the one Kafka itself would choose", async () => {
    await toTopic("events", 6);
    const devices = ["d1", "d2", "d3", "d4", "d5"];
    const events = devices.map((deviceId, n) => outgoingEvent(n, { deviceId }));
    assert.deepEqual(await sink.send([...events, outgoingEvent(9)], never), times(6, TAKEN));
    broker.write("events", [...devices, "acme"]);
    const records = broker.read("events", 12).map((line) => line.split("\t"));
    const partitionsOf = (byUs: boolean) =>
      records
        .filter(([, , , value]) => (value === "by Kafka") !== byUs)
        .map(([partition, , key]) => `${key} ${partition}`)
        .sort();
    assert.deepEqual(partitionsOf(true), partitionsOf(false));
    assert.ok(new Set(records.map(([partition]) => partition)).size > 1);
    const [, headers, , value] = records.find(([, , key]) => key === "d1") ?? [];
    assert.match(
      headers ?? "",
      /content-type:application\/json,ce_specversion:1\.0,ce_id:00000000-0000-7000-8000-000000000000,/,
    );
    assert.match(headers ?? "", /ce_type:muster\.policy\.v1\.PolicyChanged,ce_subject:d1,/);
    assert.equal(value, '{"n":0}');
  });

  it("refuses a record that is too large for the topic, and takes the others", async () => {
    await toTopic("small", 2);
    const large = JSON.stringify({ t: randomBytes(1_500_000).toString("base64") });
    const events = [1, 2, 3, 4, 5].map((n) => outgoingEvent(n, { deviceId: `d${n}` }));
    const outcomes = await sink.send([...events, outgoingEvent(6, { deviceId: "d1", text: large })], never);
    assert.deepEqual(outcomes.slice(0, 5), times(5, TAKEN));
    assert.ok(outcomes[5]?.kind === "refused");
    assert.match(outcomes[5].reason, /^MESSAGE_TOO_LARGE/);
    assert.deepEqual(
      broker
        .read("small", 5)
        .map((line) => line.split("\t")[3])
        .sort((a = "", b = "") => a.localeCompare(b)),
      events.map(({ text }) => text),
    );
  });

  it("holds an event once when the answer to it was lost", async () => {
    await toTopic("once", 1, { brokers: [broker.fragile] });
    await sink.send([outgoingEvent(1)], never);
    broker.cutter.cuts = 1;
    assert.deepEqual(await sink.send([outgoingEvent(2)], never), [TAKEN]);
    assert.equal(broker.cutter.cuts, 0);
    await sink.send([outgoingEvent(3)], never);
    assert.deepEqual(
      broker.read("once", 3).map((line) => line.split("\t")[3]),
      ['{"n":1}', '{"n":2}', '{"n":3}'],
    );
  });

  it("is understood by Kafka's own consumer however records are compressed", async () => {
    const { KAFKA_COMPRESSION_NONE, KAFKA_COMPRESSION_GZIP, KAFKA_COMPRESSION_SNAPPY, KAFKA_COMPRESSION_LZ4 } =
      KafkaCompression;
    await broker.createTopic("compressed", 1);
    const codecs = [KAFKA_COMPRESSION_NONE, KAFKA_COMPRESSION_GZIP, KAFKA_COMPRESSION_SNAPPY, KAFKA_COMPRESSION_LZ4];
    const texts = [];
    for (const compression of [...codecs, KafkaCompression.KAFKA_COMPRESSION_ZSTD]) {
      const text = JSON.stringify({ compression, t: "東".repeat(1_000) });
      texts.push(text, text);
      sink = open({ brokers: [broker.plaintext], topic: "compressed", plaintext: true, compression });
      assert.deepEqual(await sink.send([outgoingEvent(1, { text }), outgoingEvent(2, { text })], never), [
        TAKEN,
        TAKEN,
      ]);
      await sink.close();
    }
    assert.deepEqual(
      broker.read("compressed", 10).map((line) => line.split("\t")[3]),
      texts,
    );
  });

  for (const mechanism of ["PLAIN", "SCRAM_SHA_256", "SCRAM_SHA_512"] as const) {
    it(`lets in over TLS whom it knows, with ${mechanism}, and nobody else`, async () => {
      const topic = `tls-${mechanism}`;
      await broker.createTopic(topic, 1);
      const door = { brokers: [broker.tls], topic, tls: { caCertificates: ca } };
      const account = { saslMechanism: SaslMechanism[`SASL_MECHANISM_${mechanism}`], ...ACCOUNT };
      sink = open({ ...door, ...account });
      assert.deepEqual(await sink.send([outgoingEvent(1)], never), [TAKEN]);
      await sink.close();
      sink = open({ ...door, ...account, password: "wrong-password" });
      await assert.rejects(sink.send([outgoingEvent(1)], never), (error: Error & { retryable: boolean }) => {
        assert.match(error.message, /auth/i);
        assert.doesNotMatch(error.message, /wrong-password/);
        return error.retryable;
      });
    });
  }

  it("is not spoken to when its certificate is nobody's", async () => {
    sink = open({ brokers: [broker.tls], topic: "events" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /certificate/ });
  });

  it("takes nothing, and loses nothing, while the topic is not there", async () => {
    sink = open({ brokers: [broker.plaintext], topic: "not-there", plaintext: true });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /topic/ });
  });

  it("takes events over the same sink after it died and came back", async () => {
    await toTopic("reborn", 1);
    await sink.send([outgoingEvent(1)], never);
    await broker.kill();
    await assert.rejects(sink.send([outgoingEvent(2)], never), { retryable: true });
    await broker.restart();
    assert.deepEqual(await sink.send([outgoingEvent(2)], never), [TAKEN]);
    assert.deepEqual(
      broker.read("reborn", 2).map((line) => line.split("\t")[3]),
      ['{"n":1}', '{"n":2}'],
    );
  });

  it("is never spoken to where sinks may not reach, neither by address nor by name", async () => {
    const port = broker.plaintext.split(":")[1];
    for (const host of ["127.0.0.1", "localhost"]) {
      for (const plaintext of [true, false]) {
        sink = open({ brokers: [`${host}:${port}`], topic: "events", plaintext }, "10.0.0.0/8");
        await assert.rejects(sink.send([outgoingEvent(1)], never), { message: /may not be sent to/ });
        await sink.close();
      }
    }
  });
});

describe("a topic's configuration", () => {
  const good = { brokers: ["broker.example:9093", "[2001:db8::1]:9093"], topic: "muster.events" };

  it("names the hosts that are spoken to first", () => {
    assert.deepEqual(kafka.hosts(Configuration.fromPartial(good)), ["broker.example", "2001:db8::1"]);
  });

  it("is refused when it cannot work", () => {
    const check = (changes: object) => () => kafka.check(Configuration.fromPartial({ ...good, ...changes }));
    assert.doesNotThrow(check({}));
    for (const [changes, message] of [
      [{ brokers: [] }, /kafka\.brokers/],
      [{ brokers: ["https://broker.example"] }, /kafka\.brokers/],
      [{ topic: ".." }, /kafka\.topic/],
      [{ username: "ada", password: "x" }, /kafka\.saslMechanism/],
      [{ saslMechanism: SaslMechanism.SASL_MECHANISM_PLAIN, username: "ada" }, /kafka\.saslMechanism/],
      [{ plaintext: true, tls: { caCertificates: "" } }, /kafka\.tls/],
      [{ tls: { caCertificates: "no" } }, /tls\.caCertificates/],
    ] as const) {
      assert.throws(check(changes), { message }, JSON.stringify(changes));
    }
  });
});
