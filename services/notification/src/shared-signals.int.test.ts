import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { caller, RunningNotification } from "./testing/running-notification.ts";
import { SignalDevices } from "./testing/signal-devices.ts";
import { COMPLIANCE, POLL, REVOKED, SignalParty, UPDATED, VERIFIED } from "./testing/signal-party.ts";

describe("a receiver of shared signals", () => {
  let service: RunningNotification;
  let devices: SignalDevices;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32,::1/128");
    devices = new SignalDevices(service);
  });

  after(async () => assert.equal(await service.stop(), 0));

  it("discovers where everything is, and keys without their private parts", async () => {
    const party = await SignalParty.join(service);
    const { body: found } = await party.fetch("https://muster.example/.well-known/ssf-configuration/ssf/acme");
    assert.equal(found.issuer, "https://muster.example/ssf/acme");
    assert.equal(found.spec_version, "1_0");
    assert.equal(found.default_subjects, "ALL");
    const { body: oauth } = await party.fetch("https://muster.example/.well-known/oauth-authorization-server/ssf/acme");
    assert.equal(oauth.token_endpoint, `${found.issuer}/token`);
    const { body: jwks } = await party.fetch(found.jwks_uri);
    assert.deepEqual(Object.keys(jwks.keys[0]).toSorted(), ["alg", "e", "kid", "kty", "n", "use"]);
  });

  it("gets a token by its secret in the header or in the form, and by nothing else", async () => {
    const party = await SignalParty.join(service);
    const basic = Buffer.from(`${party.id}:${party.secret}`).toString("base64");
    const byHeader = await party.token({ scope: "ssf.read" }, { authorization: `Basic ${basic}` });
    assert.deepEqual([byHeader.status, byHeader.body.scope], [200, "ssf.read"]);
    assert.ok(byHeader.body.expires_in <= 3_600);
    const wrong = await party.token({ client_id: party.id, client_secret: "guess" });
    assert.deepEqual([wrong.status, wrong.body.error], [401, "invalid_client"]);
    const unknown = await party.token({ client_id: party.id, client_secret: party.secret, scope: "everything" });
    assert.deepEqual([unknown.status, unknown.body.error], [400, "invalid_scope"]);
  });

  it("is turned away without a token, with too small a scope, and when it was revoked", async () => {
    const party = await SignalParty.join(service);
    const bare = await party.call("GET", "/stream");
    assert.equal(bare.status, 401);
    assert.match(bare.headers.get("www-authenticate") ?? "", /^Bearer /);
    await party.signIn("ssf.read");
    assert.equal((await party.call("POST", "/stream", { delivery: POLL })).status, 403);
    assert.deepEqual((await party.call("GET", "/stream")).body, []);
    await service.signals.revokeSignalReceiver({ id: party.id }, caller);
    assert.equal((await party.call("GET", "/stream")).status, 401);
  });

  it("keeps its secret for a while after a rotation", async () => {
    const party = await SignalParty.join(service);
    const { receiver } = await service.signals.rotateSignalReceiverSecret({ id: party.id }, caller);
    for (const client_secret of [party.secret, receiver?.clientSecret ?? ""]) {
      assert.equal((await party.token({ client_id: party.id, client_secret })).status, 200);
    }
  });

  it("manages its one stream, and sees no other", async () => {
    const [party, other] = [await SignalParty.join(service), await SignalParty.join(service)];
    const id = await party.register(POLL, [COMPLIANCE]);
    assert.equal((await party.call("POST", "/stream", { delivery: POLL })).status, 409);
    const { body: read } = await party.call("GET", `/stream?stream_id=${id}`);
    assert.deepEqual([read.aud, read.events_delivered], [party.id, [COMPLIANCE]]);
    assert.equal(read.delivery.endpoint_url, `${party.issuer}/poll/${id}`);
    const patched = await party.call("PATCH", "/stream", { stream_id: id, events_requested: [COMPLIANCE, REVOKED] });
    assert.deepEqual(patched.body.events_delivered, [COMPLIANCE, REVOKED]);
    const stolen = await party.call("PATCH", "/stream", { stream_id: id, aud: "somebody else" });
    assert.equal(stolen.status, 400);
    const put = await party.call("PUT", "/stream", { stream_id: id, delivery: POLL, description: "ours" });
    assert.deepEqual([put.body.description, put.body.events_delivered], ["ours", [COMPLIANCE]]);
    await other.signIn();
    assert.equal((await other.call("GET", `/stream?stream_id=${id}`)).status, 404);
    assert.equal((await other.call("POST", `/poll/${id}`, { returnImmediately: true })).status, 404);
    assert.equal((await party.call("DELETE", `/stream?stream_id=${id}`)).status, 204);
    assert.equal((await party.call("GET", `/stream?stream_id=${id}`)).status, 404);
  });

  it("may have no pushes to private addresses or without TLS", async () => {
    const party = await SignalParty.join(service);
    await party.signIn();
    for (const endpoint_url of ["https://10.0.0.1/events", "http://idp.example/events", "https://u:p@idp.example/"]) {
      const delivery = { method: "urn:ietf:rfc:8935", endpoint_url };
      assert.equal((await party.call("POST", "/stream", { delivery })).status, 400, endpoint_url);
    }
  });

  it("verifies its stream, but not twice in a minute", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL);
    assert.equal((await party.call("POST", "/verify", { stream_id: id, state: "xyz" })).status, 204);
    const again = await party.call("POST", "/verify", { stream_id: id });
    assert.equal(again.status, 429);
    assert.ok(Number(again.headers.get("retry-after")) > 0);
    const [event] = await party.poll(id);
    assert.deepEqual(event?.events, { [VERIFIED]: { state: "xyz" } });
    assert.deepEqual(event?.sub_id, { format: "opaque", id });
  });

  it("is told once of each flip of a device, whatever comes twice or late", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL);
    await devices.verdict("laptop", 1, "fail", { policyId: "disk" });
    await devices.verdict("laptop", 2, "fail", { policyId: "firewall" });
    await devices.verdict("laptop", 1, "fail", { policyId: "disk" });
    await devices.verdict("laptop", 3, "pass", { policyId: "disk" });
    await devices.verdict("laptop", 2, "fail", { policyId: "disk" });
    const last = await devices.verdict("laptop", 4, "pass", { policyId: "firewall" });
    await devices.kept(last);
    const told = (await party.poll(id)).map(({ events }) => events[COMPLIANCE]);
    assert.deepEqual(
      told.map((event) => [event?.["previous_status"], event?.["current_status"], event?.["initiating_entity"]]),
      [
        ["compliant", "not-compliant", "policy"],
        ["not-compliant", "compliant", "policy"],
      ],
    );
  });

  it("is told of the person's sessions too, when the person is known", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL);
    await devices.enrolled("phone");
    await service.signals.assignDevicePerson({ deviceId: "phone", email: "Ada@Acme.example" }, caller);
    const cause = await devices.verdict("phone", 1, "fail");
    await devices.kept(cause);
    const events = await party.poll(id);
    assert.deepEqual(
      events.map((event) => Object.keys(event.events)[0]),
      [COMPLIANCE, REVOKED],
    );
    for (const { sub_id, txn } of events) {
      assert.equal(txn, cause);
      assert.deepEqual(sub_id, {
        format: "complex",
        device: { format: "iss_sub", iss: party.issuer, sub: "phone" },
        tenant: { format: "opaque", id: "acme" },
        user: { format: "email", email: "ada@acme.example" },
      });
    }
  });

  it("is told that a device which is no longer managed does not comply", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL);
    await devices.enrolled("lost");
    await devices.kept(await devices.unenrolled("lost"));
    const [event] = await party.poll(id);
    assert.equal(event?.events[COMPLIANCE]?.["current_status"], "not-compliant");
    assert.equal(event?.events[COMPLIANCE]?.["initiating_entity"], "system");
  });

  it("gets what it did not settle again, and what it settled no more", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL, [COMPLIANCE]);
    await devices.kept(await devices.flips("tablet", 3));
    const { body: first } = await party.call("POST", `/poll/${id}`, { maxEvents: 2, returnImmediately: true });
    const [a = "", b = ""] = Object.keys(first.sets);
    assert.equal(first.moreAvailable, true);
    const setErrs = { [b]: { err: "invalid_key", description: "who are you?" } };
    const { body: second } = await party.call("POST", `/poll/${id}`, {
      maxEvents: 2,
      returnImmediately: true,
      ack: [a],
      setErrs,
    });
    assert.deepEqual([Object.keys(second.sets).length, second.moreAvailable], [1, false]);
    const again = await party.poll(id);
    assert.deepEqual([again.length, again[0]?.jti], [1, Object.keys(second.sets)[0]]);
    const { body: none } = await party.call("POST", `/poll/${id}`, { maxEvents: 0, ack: [again[0]?.jti] });
    assert.deepEqual(none, { sets: {}, moreAvailable: false });
    const { receiver } = await service.signals.getSignalReceiver({ id: party.id }, caller);
    assert.deepEqual(
      [receiver?.stream?.backlog, receiver?.stream?.refusedCount, receiver?.stream?.lastError],
      [0, 1, "invalid_key: who are you?"],
    );
  });

  it("holds a poll open until there is something", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL, [COMPLIANCE]);
    const polling = party.poll(id, { returnImmediately: false });
    await devices.verdict("server", 1, "fail");
    assert.equal((await polling).length, 1);
  });

  it("is answered by a replica that stops while it holds a poll open", async () => {
    const replica = await service.startReplica();
    const party = await SignalParty.join(service);
    const id = await party.register(POLL, [COMPLIANCE]);
    party.moveTo(replica.httpUrl);
    const { body: before } = await party.call("POST", `/poll/${id}`, { returnImmediately: true });
    assert.deepEqual(before.sets, {});
    const polling = party.call("POST", `/poll/${id}`, { returnImmediately: false });
    // Requests of one receiver come in the order in which they were sent, so the poll is held once this is answered.
    await party.call("GET", `/status?stream_id=${id}`);
    assert.equal(await replica.end("SIGTERM"), 0);
    assert.deepEqual((await polling).body, { sets: {}, moreAvailable: false });
  });

  it("has what was held while it paused in order, and nothing of when it was disabled", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL, [COMPLIANCE]);
    const set = (status: string) => party.call("POST", "/status", { stream_id: id, status, reason: "maintenance" });
    assert.deepEqual((await set("paused")).body, { stream_id: id, status: "paused", reason: "maintenance" });
    await devices.kept(await devices.flips("kiosk", 2));
    assert.deepEqual(await party.poll(id), []);
    await set("enabled");
    const held = await party.poll(id);
    assert.deepEqual(
      held.map(({ events }) => events[COMPLIANCE]?.["current_status"]),
      ["not-compliant", "compliant"],
    );
    await party.poll(id, { ack: held.map(({ jti }) => jti) });
    await set("disabled");
    await devices.kept(await devices.flips("kiosk", 2, 10));
    await set("enabled");
    assert.deepEqual(await party.poll(id), []);
    assert.equal((await party.call("GET", `/status?stream_id=${id}`)).body.status, "enabled");
  });

  it("is told when an administrator pauses its stream and resumes it", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL);
    await service.signals.pauseSignalStream({ receiverId: party.id, reason: "an incident" }, caller);
    await devices.kept(await devices.flips("pc", 1));
    const [paused, ...others] = await party.poll(id);
    assert.deepEqual([paused?.events, others], [{ [UPDATED]: { status: "paused", reason: "an incident" } }, []]);
    await party.poll(id, { ack: [paused?.jti] });
    await service.signals.resumeSignalStream({ receiverId: party.id }, caller);
    const types = (await party.poll(id)).map(({ events }) => Object.keys(events)[0]);
    assert.deepEqual(types, [COMPLIANCE, UPDATED]);
  });

  it("hears nothing of subjects that it left out, and cannot tell who is known", async () => {
    const party = await SignalParty.join(service);
    const id = await party.register(POLL, [COMPLIANCE]);
    const device = (sub: string, iss = party.issuer) => ({
      format: "complex",
      device: { format: "iss_sub", iss, sub },
    });
    const change = (what: string, subject: object) =>
      party.call("POST", `/subjects/${what}`, { stream_id: id, subject });
    assert.equal((await change("remove", device("muted"))).status, 204);
    assert.equal((await change("remove", device("nobody", "https://elsewhere.example"))).status, 204);
    assert.equal((await change("remove", { format: "riddle" })).status, 400);
    await devices.flips("muted", 1);
    await devices.kept(await devices.flips("loud", 1));
    const heard = (await party.poll(id)).map(({ sub_id }) => sub_id?.["device"]?.["sub"]);
    assert.deepEqual(heard, ["loud"]);
    assert.equal((await change("add", device("muted"))).status, 200);
    await devices.kept(await devices.verdict("muted", 2, "pass"));
    assert.equal((await party.poll(id)).length, 2);
  });

  it("of another tenant hears nothing and is let in nowhere else", async () => {
    const party = await SignalParty.join(service, {}, { tenant: "globex", actor: "bob" });
    const id = await party.register(POLL);
    await devices.kept(await devices.flips("foreign", 1));
    assert.deepEqual(await party.poll(id), []);
    const { body } = await party.token({ client_id: party.id, client_secret: party.secret });
    const headers = { authorization: `Bearer ${body.access_token}` };
    assert.equal((await party.fetch("https://muster.example/ssf/acme/stream", { headers })).status, 401);
    assert.equal((await party.fetch("https://muster.example/ssf/*/stream", { headers })).status, 404);
    const foreign = { client_id: party.id, client_secret: party.secret, grant_type: "client_credentials" };
    const elsewhere = { method: "POST", body: new URLSearchParams(foreign) };
    assert.equal((await party.fetch("https://muster.example/ssf/acme/token", elsewhere)).status, 401);
  });
});
