import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SyslogDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { tinyAuthority } from "@muster/e2e/simulators/testing/tiny-authority";
import { eventually } from "@muster/testkit/eventually";
import { cidrs } from "../domain/address-policy.ts";
import { outgoingEvent } from "../testing/outgoing-event.ts";
import { Rsyslog, rsyslogIsMissing } from "../testing/rsyslog.ts";
import type { Destination } from "./destination.ts";
import { syslog } from "./syslog.ts";

const never = new AbortController().signal;

describe("a real rsyslog as a sink", { skip: rsyslogIsMissing() ?? false }, () => {
  let rsyslog: Rsyslog;
  let sink: Destination;

  before(async () => {
    const { ca, server } = await tinyAuthority();
    rsyslog = new Rsyslog({ ca, server });
    await rsyslog.start();
    sink = syslog.open(
      Configuration.fromPartial({
        host: "127.0.0.1",
        port: rsyslog.port,
        tls: { caCertificates: ca, clientCertificate: server.cert, clientKey: server.key },
      }),
      { tenant: "acme", sink: "s1", format: "cloudevents", allowed: cidrs("127.0.0.1/32") },
    );
  });

  after(async () => {
    await sink.close();
    await rsyslog.remove();
  });

  const written = (position: string) =>
    eventually(`the message at ${position}`, async () =>
      rsyslog.lines().find((line) => line.includes(`position="${position}"`)),
    );

  it("takes messages over TLS with both certificates, and reads every part of them", async () => {
    const event = outgoingEvent(1, {
      deviceId: "device-1",
      text: '{"name":"Größe","long":"' + "x".repeat(20_000) + '"}',
    });
    await sink.send([event, outgoingEvent(2)], never);
    const data = `[muster@32473 id="${event.id}" type="${event.type}" tenant="acme" device="device-1" position="7.1"]`;
    assert.equal(await written("7.1"), `109|2026-03-01T08:00:00.000Z|acme|muster|PolicyChanged|${data}|${event.text}`);
    await written("7.2");
  });

  it("misses nothing over its own death", async () => {
    await sink.send([outgoingEvent(3)], never);
    await rsyslog.kill();
    // What is handed to a connection that nobody reads any more is sent once more over the next.
    await sink.send([outgoingEvent(4)], never).catch(() => undefined);
    await rsyslog.start();
    await eventually("a way", async () => sink.send([outgoingEvent(5)], never).catch(() => undefined));
    await written("7.3");
    await written("7.5");
  });
});
