import assert from "node:assert/strict";
import { afterEach, before, describe, it } from "node:test";
import { SyslogDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { SyslogReceiver } from "@muster/e2e/simulators/sinks/syslog-receiver";
import { tinyAuthority } from "@muster/e2e/simulators/testing/tiny-authority";
import { eventually } from "@muster/testkit/eventually";
import { cidrs } from "../domain/address-policy.ts";
import { outgoingEvent } from "../testing/outgoing-event.ts";
import type { Destination } from "./destination.ts";
import { syslog } from "./syslog.ts";

const never = new AbortController().signal;

describe("syslog over TLS as a sink", () => {
  let authority: Awaited<ReturnType<typeof tinyAuthority>>;
  let receiver: SyslogReceiver;
  let sink: Destination;

  before(async () => {
    authority = await tinyAuthority();
  });

  const start = async (options: object = {}, changes: object = {}) => {
    receiver = new SyslogReceiver({ ...authority.server, ...options });
    await receiver.open();
    sink = syslog.open(
      Configuration.fromPartial({
        host: "127.0.0.1",
        port: receiver.port,
        tls: { caCertificates: authority.ca },
        ...changes,
      }),
      { tenant: "acme", sink: "s1", format: "cloudevents", allowed: cidrs("127.0.0.1/32") },
    );
  };

  afterEach(async () => {
    await sink.close();
    await receiver.close();
  });

  const arrived = (count: number) =>
    eventually(`${count} messages`, async () => (receiver.received.length >= count ? receiver.received : undefined));

  it("takes framed messages with the event's id in their structured data", async () => {
    await start();
    const odd = outgoingEvent(1, { deviceId: 'a"b]c\\d', text: '{"name":"Größe\u{1f512}"}' });
    assert.deepEqual(await sink.send([odd, outgoingEvent(2)], never), [{ kind: "taken" }, { kind: "taken" }]);
    const [first] = await arrived(2);
    assert.deepEqual(first, {
      priority: 13 * 8 + 5,
      time: "2026-03-01T08:00:00.000Z",
      host: "acme",
      app: "muster",
      messageId: "PolicyChanged",
      data: {
        id: odd.id,
        type: "muster.policy.v1.PolicyChanged",
        tenant: "acme",
        device: 'a"b]c\\d',
        position: "7.1",
      },
      text: odd.text,
    });
    assert.deepEqual(receiver.broken, []);
  });

  it("sends the last messages once more when the connection broke, even if nothing new comes", async () => {
    await start();
    await sink.send([outgoingEvent(1)], never);
    await arrived(1);
    receiver.isLosing = true;
    await sink.send([outgoingEvent(2)], never);
    receiver.isLosing = false;
    receiver.cut();
    const received = await arrived(3);
    assert.deepEqual(
      received.map(({ data }) => data["position"]),
      ["7.1", "7.1", "7.2"],
    );
  });

  it("comes back to a receiver that was away", async () => {
    await start();
    await sink.send([outgoingEvent(1)], never);
    await arrived(1);
    await receiver.close();
    await eventually("the failure", async () => {
      const failed = await sink.send([outgoingEvent(2)], never).then(
        () => undefined,
        (error: Error) => error,
      );
      return failed?.name === "DestinationError" ? failed : undefined;
    });
    await receiver.open();
    await eventually("a way", async () => sink.send([outgoingEvent(3)], never).catch(() => undefined));
    await eventually("the third", async () =>
      receiver.received.some(({ data }) => data["position"] === "7.3") ? true : undefined,
    );
  });

  it("shows its certificate where that is asked for, and is refused without", async () => {
    const asking = { ca: authority.ca, requestCert: true, rejectUnauthorized: true };
    const { cert, key } = authority.server;
    await start(asking, { tls: { caCertificates: authority.ca, clientCertificate: cert, clientKey: key } });
    await sink.send([outgoingEvent(1)], never);
    await arrived(1);
    await sink.close();
    await receiver.close();
    await start(asking);
    await assert.rejects(sink.send([outgoingEvent(1)], never), { name: "DestinationError", retryable: true });
    assert.equal(receiver.received.length, 0);
  });

  it("speaks to nobody whose certificate it cannot check, and to no private address", async () => {
    await start({}, { tls: undefined });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { name: "DestinationError", retryable: true });
    await sink.close();
    sink = syslog.open(Configuration.fromPartial({ host: "127.0.0.1", port: receiver.port }), {
      tenant: "acme",
      sink: "s1",
      format: "cloudevents",
      allowed: [],
    });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { message: /may not be sent to/ });
    assert.equal(receiver.connections, 0);
  });
});
