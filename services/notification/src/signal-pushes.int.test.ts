import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { SignalDialect, SignalReceiver, SignalStream } from "@muster/contracts/gen/muster/notification/v1/signal";
import { eventually } from "@muster/testkit/eventually";
import { decodeJwt } from "jose";
import { sql } from "kysely";
import { Receiver } from "./testing/receiver.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";
import { SignalDevices } from "./testing/signal-devices.ts";
import { COMPLIANCE, SignalParty, UPDATED } from "./testing/signal-party.ts";

describe("signals that are pushed", () => {
  let service: RunningNotification;
  let devices: SignalDevices;
  let receiver: Receiver;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32,::1/128");
    devices = new SignalDevices(service);
  });

  after(async () => assert.equal(await service.stop(), 0));

  beforeEach(async () => {
    receiver = new Receiver();
    receiver.answer = (response) => void response.writeHead(202).end();
    await receiver.open();
  });

  afterEach(async () => {
    for (const { id } of (await service.signals.listSignalReceivers({}, caller)).receivers) {
      await service.signals.revokeSignalReceiver({ id }, caller);
    }
    await receiver.close();
  });

  const push = () => ({
    method: "urn:ietf:rfc:8935",
    endpoint_url: receiver.url(),
    authorization_header: "Bearer letmein",
  });

  /** What was posted so far, once it was this often. */
  const posted = (times: number) =>
    eventually(
      `push ${times}`,
      async () => (receiver.received.length >= times ? receiver.received : undefined),
      15_000,
    );

  const streamOf = async (party: SignalParty) => {
    const { receiver: shown } = await service.signals.getSignalReceiver({ id: party.id }, caller);
    assert.ok(shown?.stream);
    return shown.stream;
  };

  /** Time is moved instead of waited for. */
  const makeDue = () =>
    service.database.database.system(({ sql: db }) =>
      sql`update signal_streams set next_attempt_at = '-infinity'`.execute(db),
    );

  it("come signed, with their header, one after the other", async () => {
    const party = await SignalParty.join(service);
    await party.register(push(), [COMPLIANCE]);
    await devices.flips("in-order", 5);
    const all = await posted(5);
    assert.equal(all[0]?.headers["content-type"], "application/secevent+jwt");
    assert.equal(all[0]?.headers.authorization, "Bearer letmein");
    const events = await Promise.all(all.map(({ body }) => party.read(body)));
    assert.deepEqual(
      events.map((event) => event.events[COMPLIANCE]?.["current_status"]),
      ["not-compliant", "compliant", "not-compliant", "compliant", "not-compliant"],
    );
    assert.equal(new Set(events.map(({ jti }) => jti)).size, 5);
    await eventually("an empty backlog", async () => ((await streamOf(party)).backlog === 0 ? true : undefined));
    assert.doesNotMatch(JSON.stringify(await party.call("GET", "/stream")), /letmein/);
  });

  it("come again under the same jti, before any other, when the receiver cannot take them", async () => {
    const party = await SignalParty.join(service);
    await party.register(push(), [COMPLIANCE]);
    let failures = 1;
    receiver.answer = (response) => void response.writeHead(failures-- > 0 ? 503 : 202).end();
    await devices.flips("again", 2);
    const jtis = (await posted(3)).map(({ body }) => decodeJwt(body).jti);
    assert.equal(jtis[0], jtis[1]);
    assert.notEqual(jtis[1], jtis[2]);
    assert.equal((await streamOf(party)).lastError, "the receiver answered 503");
  });

  it("are not sent again when the receiver says why it will not have them", async () => {
    const party = await SignalParty.join(service);
    await party.register(push(), [COMPLIANCE]);
    receiver.answer = (response) => {
      if (receiver.received.length > 1) return void response.writeHead(202).end();
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ err: "invalid_audience", description: "not us" }));
    };
    await devices.flips("refused", 2);
    const [first, second] = (await posted(2)).map(({ body }) => decodeJwt(body).jti);
    assert.notEqual(first, second);
    await eventually("an empty backlog", async () => ((await streamOf(party)).backlog === 0 ? true : undefined));
    const { refusedCount, lastError } = await streamOf(party);
    assert.deepEqual([refusedCount, lastError], [1, "invalid_audience: not us"]);
    assert.equal(receiver.received.length, 2);
  });

  it("come again under the same jti when the sender dies in the midst of it", async () => {
    const party = await SignalParty.join(service);
    await party.register(push(), [COMPLIANCE]);
    receiver.answer = () => undefined;
    await devices.flips("killed", 1);
    const [first] = await posted(1);
    await service.kill();
    receiver.answer = (response) => void response.writeHead(202).end();
    await service.database.database.system(({ sql: db }) =>
      sql`update signal_streams set held_until = '-infinity'`.execute(db),
    );
    await service.startProcess();
    const again = (await posted(2))[1];
    assert.ok(first && again);
    assert.equal(decodeJwt(again.body).jti, decodeJwt(first.body).jti);
    assert.equal(again.body, first.body);
  });

  it("are held after three days of silence, and the receiver is told so when it is back", async () => {
    const party = await SignalParty.join(service);
    await party.register(push(), [COMPLIANCE]);
    receiver.answer = (response) => void response.writeHead(500).end();
    await devices.flips("silent", 1);
    await posted(1);
    await eventually("a failure", async () => ((await streamOf(party)).consecutiveFailures > 0 ? true : undefined));
    await service.database.database.system(({ sql: db }) =>
      sql`update signal_streams set failing_since = failing_since - interval '73 hours', next_attempt_at = '-infinity'`.execute(
        db,
      ),
    );
    const paused = await eventually("the pause", async () => {
      const stream = await streamOf(party);
      return stream.status === "SIGNAL_STREAM_STATUS_PAUSED" ? stream : undefined;
    });
    assert.match(paused.statusReason, /^nothing was taken since /);
    receiver.received.length = 0;
    receiver.answer = (response) => void response.writeHead(202).end();
    await makeDue();
    const [told] = await posted(1);
    assert.ok(told);
    assert.equal((await party.read(told.body)).events[UPDATED]?.["status"], "paused");
    await service.signals.resumeSignalStream({ receiverId: party.id }, caller);
    const types = (await posted(3))
      .slice(1)
      .map(({ body }) => Object.keys(decodeJwt<{ events: object }>(body).events)[0]);
    assert.deepEqual(types, [COMPLIANCE, UPDATED]);
  });

  it("come to Okta with the subject in the event, for persons that are known", async () => {
    const asked = SignalReceiver.fromPartial({
      name: "Okta",
      dialect: SignalDialect.SIGNAL_DIALECT_OKTA,
      audience: "https://acme.okta.example",
    });
    const { receiver: okta } = await service.signals.createSignalReceiver({ receiver: asked }, caller);
    assert.equal(okta?.clientSecret, "");
    const stream = SignalStream.fromPartial({ endpointUrl: receiver.url(), eventsRequested: [COMPLIANCE] });
    await service.signals.createSignalStream({ receiverId: okta.id, stream }, caller);
    await devices.flips("nobody's", 1);
    await devices.enrolled("ada's");
    await service.signals.assignDevicePerson({ deviceId: "ada's", email: "ada@acme.example" }, caller);
    await devices.flips("ada's", 1);
    const [set] = await posted(1);
    assert.ok(set);
    const { aud, sub_id, events } = decodeJwt<{ sub_id?: object; events: Record<string, Record<string, unknown>> }>(
      set.body,
    );
    assert.deepEqual([aud, sub_id], ["https://acme.okta.example", undefined]);
    assert.deepEqual(events[COMPLIANCE]?.["subject"], {
      format: "complex",
      device: { format: "iss_sub", iss: okta.issuer, sub: "ada's" },
      tenant: { format: "opaque", id: "acme" },
      user: { format: "email", email: "ada@acme.example" },
    });
  });
});
