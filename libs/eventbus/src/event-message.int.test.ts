import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type NatsServer, startNats } from "@muster/backing/nats";
import { type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import { bootstrapBus } from "./bootstrap.ts";
import { arrivedEvent, type EventEnvelope, headersOf } from "./event-message.ts";
import { headerValues } from "./header-values.ts";

const SUBJECT = "evt.v1.acme.policy.PolicyChanged";

const EVENT: EventEnvelope = {
  id: "01990000-0000-7000-8000-000000000001",
  type: "muster.policy.v1.PolicyChanged",
  tenant: "acme",
  deviceId: "device",
  actor: "Zoë: a person",
  time: new Date("2026-01-02T03:04:05.678Z"),
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

describe("an event that came over the bus", () => {
  let server: NatsServer;
  let bus: NatsConnection;
  let dataDir: string;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "muster-test-nats-"));
    server = await startNats({ dataDir });
    bus = await connect({ servers: server.url });
    await bootstrapBus(await jetstreamManager(bus), { replicas: 1, maxBytes: 64 * 1024 ** 2 });
  });
  after(async () => {
    await bus.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const sent = async (body: string, values?: MsgHdrs): Promise<JsMsg> => {
    await jetstream(bus).publish(SUBJECT, body, values && { headers: values });
    const consumer = await jetstream(bus).consumers.get("EVT_POLICY", "notification-policy");
    const message = await consumer.next();
    assert.ok(message !== null);
    message.ack();
    return message;
  };

  it("is the event that was sent", async () => {
    const message = await sent('{"a":"ü"}', headersOf(EVENT));
    assert.deepEqual(arrivedEvent(message), { ...EVENT, body: '{"a":"ü"}' });
  });

  it("has its headers read without the client, and as the client reads them", async () => {
    const values = headers();
    for (const [name, value] of [
      ["ce-id", "one"],
      ["ce-id", "two"],
      ["ce-type", " padded: with a colon "],
      ["empty", ""],
    ] as const) {
      values.append(name, value);
    }
    const message = await sent("{}", values);
    const read = headerValues({
      msg: (message as unknown as { msg: unknown }).msg,
      get headers(): never {
        throw new Error("the client was asked");
      },
    } as unknown as JsMsg);
    assert.deepEqual(
      [...read],
      [...(message.headers ?? [])].map(([name, [value]]) => [name, value]),
    );
    const asTheClientReads = headerValues({ headers: message.headers } as JsMsg);
    assert.deepEqual([...read], [...asTheClientReads]);
  });

  it("says nothing of itself where it has no headers", async () => {
    const message = await sent("{}");
    assert.deepEqual(arrivedEvent(message), {
      id: `EVT_POLICY:${message.seq}`,
      type: "",
      tenant: "acme",
      deviceId: "",
      actor: "",
      time: message.time,
      traceparent: "",
      body: "{}",
    });
  });
});
