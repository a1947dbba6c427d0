import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { type SecuredBus, startSecuredBus } from "@muster/testkit/secured-bus";
import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { outgoingEvent } from "../testing/outgoing-event.ts";
import { connectAs, makeParty, type Party, subscriberBusOver } from "../testing/subscriber-party.ts";
import { DURABLE, STREAM, subscriberInbox } from "./subscriber-account.ts";
import type { SubscriberAccounts } from "./subscriber-accounts.ts";

const OWN = `${STREAM}.${DURABLE}`;
const NEXT = `$JS.API.CONSUMER.MSG.NEXT.${OWN}`;
const ONE_NOW = JSON.stringify({ batch: 1, no_wait: true });
const EVERYTHING = JSON.stringify({
  stream_name: STREAM,
  config: { name: "mine", durable_name: "mine", ack_policy: "none" },
});
const PUSHED = JSON.stringify({
  stream_name: STREAM,
  config: { deliver_subject: "_INBOX_thief.x", ack_policy: "none" },
});
const stream = (name: string): string => JSON.stringify({ name, subjects: ["mine.>"], storage: "memory" });

/** What a subscriber may try to publish, each with the name of what it is after. None is let through. */
const PUBLISHES: readonly (readonly [aim: string, subject: string, payload?: string])[] = [
  ["the account's state", "$JS.API.INFO"],
  ["the streams there are", "$JS.API.STREAM.LIST"],
  ["the names of streams", "$JS.API.STREAM.NAMES"],
  ["its own stream's subjects and secrets", `$JS.API.STREAM.INFO.${STREAM}`],
  ["an event past its durable", `$JS.API.STREAM.MSG.GET.${STREAM}`, '{"seq":1}'],
  ["an event past its durable, directly", `$JS.API.DIRECT.GET.${STREAM}`, '{"seq":1}'],
  ["the last event of a subject, directly", `$JS.API.DIRECT.GET.${STREAM}.evt.v1.acme.policy.PolicyChanged`],
  ["a stream of its own", "$JS.API.STREAM.CREATE.MINE", stream("MINE")],
  ["another shape of its stream", `$JS.API.STREAM.UPDATE.${STREAM}`, stream(STREAM)],
  ["an empty stream", `$JS.API.STREAM.PURGE.${STREAM}`],
  ["no stream", `$JS.API.STREAM.DELETE.${STREAM}`],
  ["one event less", `$JS.API.STREAM.MSG.DELETE.${STREAM}`, '{"seq":1}'],
  ["a copy of the stream", `$JS.API.STREAM.SNAPSHOT.${STREAM}`, '{"deliver_subject":"_INBOX_thief.x"}'],
  ["a stream from a copy", "$JS.API.STREAM.RESTORE.MINE", "{}"],
  ["another leader", `$JS.API.STREAM.LEADER.STEPDOWN.${STREAM}`],
  ["one replica less", `$JS.API.STREAM.PEER.REMOVE.${STREAM}`, '{"peer":"x"}'],
  ["another stream leader of all", "$JS.API.META.LEADER.STEPDOWN"],
  ["the account's streams gone", "$JS.API.ACCOUNT.PURGE.x"],
  ["a passing consumer", `$JS.API.CONSUMER.CREATE.${STREAM}`, PUSHED],
  ["a named consumer", `$JS.API.CONSUMER.CREATE.${STREAM}.mine`, EVERYTHING],
  ["a filtered consumer", `$JS.API.CONSUMER.CREATE.${STREAM}.mine.evt.>`, EVERYTHING],
  ["a durable by the older way", `$JS.API.CONSUMER.DURABLE.CREATE.${STREAM}.mine`, EVERYTHING],
  ["its own durable changed", `$JS.API.CONSUMER.CREATE.${OWN}`, EVERYTHING],
  ["the consumers there are", `$JS.API.CONSUMER.LIST.${STREAM}`],
  ["the names of consumers", `$JS.API.CONSUMER.NAMES.${STREAM}`],
  ["no durable", `$JS.API.CONSUMER.DELETE.${OWN}`],
  ["a paused durable", `$JS.API.CONSUMER.PAUSE.${OWN}`, '{"pause_until":"2100-01-01T00:00:00Z"}'],
  ["a durable set back", `$JS.API.CONSUMER.RESET.${OWN}`, '{"seq":1}'],
  ["another leader of its durable", `$JS.API.CONSUMER.LEADER.STEPDOWN.${OWN}`],
  ["an unpinned durable", `$JS.API.CONSUMER.UNPIN.${OWN}`, "{}"],
  ["another durable of its stream", `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.other`, ONE_NOW],
  ["the platform's durable", "$JS.API.CONSUMER.MSG.NEXT.EVT_POLICY.notification-policy", ONE_NOW],
  ["the state of the platform's durable", "$JS.API.CONSUMER.INFO.EVT_POLICY.notification-policy"],
  ["an event of the platform's settled", "$JS.ACK.EVT_POLICY.notification-policy.1.1.1.1.0"],
  ["the same in the newer form", "$JS.ACK.x.y.EVT_POLICY.notification-policy.1.1.1.1.0"],
  ["an event of another durable settled", `$JS.ACK.${STREAM}.other.1.1.1.1.0`],
  ["the streams of a domain", "$JS.hub.API.STREAM.LIST"],
  ["flow control", `$JS.FC.${STREAM}.x`],
  ["the servers", "$SYS.REQ.SERVER.PING"],
  ["who it is", "$SYS.REQ.USER.INFO"],
  ["all accounts", "$SYS.REQ.CLAIMS.LIST"],
  ["an account made", "$SYS.REQ.CLAIMS.UPDATE", "x"],
  ["all connections", "$SYS.REQ.ACCOUNT.PING.CONNZ"],
  ["a bucket", "$JS.API.STREAM.CREATE.KV_mine", stream("KV_mine")],
  ["a key", "$KV.mine.key", "value"],
  ["an object store", "$JS.API.STREAM.CREATE.OBJ_mine", stream("OBJ_mine")],
  ["an object", "$O.mine.C.x", "value"],
  ["an event told in the platform's name", "evt.v1.acme.policy.PolicyChanged", "{}"],
  ["an event in its own stream", "in.guess.acme.policy.PolicyChanged", "{}"],
  ["a device woken", "wake.device.acme.0199a3f0", "commands"],
  ["what an outbox holds", "outbox.policy.missing"],
  ["another subscriber answered", "_INBOX_second.x", "forged"],
  ["somebody answered who uses the usual prefix", "_INBOX.x", "forged"],
];

/** What a subscriber may try to hear. None is let through. */
const SUBSCRIPTIONS: readonly string[] = [
  ">",
  "*",
  "*.>",
  "evt.>",
  "evt.v1.acme.>",
  "in.>",
  "$JS.>",
  "$JS.API.>",
  "$JS.ACK.>",
  "$JS.EVENT.>",
  "$JS.FC.>",
  "$SYS.>",
  "$KV.>",
  "_INBOX.>",
  "_INBOX_second.>",
  "_INBOX_system.>",
  "_INBOX_notification.>",
  "_R_.>",
  "wake.>",
  "outbox.>",
];

describe("a subscriber with its own credentials", { timeout: 120_000 }, () => {
  let secured: SecuredBus;
  let bus: SubscriberAccounts;
  let system: NatsConnection;
  let first: Party;
  let second: Party;
  let third: Party;
  let untouched: unknown;
  const all = () => [first, second, third];

  before(async () => {
    secured = await startSecuredBus();
    ({ bus, system } = await subscriberBusOver(secured));
    [first, second, third] = [
      await makeParty(bus, secured.url, "first"),
      await makeParty(bus, secured.url, "second"),
      await makeParty(bus, secured.url, "of-another-tenant"),
    ];
    await first.feed.send([outgoingEvent(1), outgoingEvent(2), outgoingEvent(3)]);
    await second.feed.send([outgoingEvent(4)]);
    await third.feed.send([outgoingEvent(5, { tenant: "globex" })]);
    untouched = await state();
  });
  after(async () => {
    await Promise.all(all().flatMap(({ client, feed }) => [client.close(), feed.close()]));
    await system.close();
    await secured.stop();
  });

  const next = async ({ client }: Party) =>
    (await jetstream(client).consumers.get(STREAM, DURABLE)).next({ expires: 2_000 });
  const waiting = async ({ feed }: Party) => (await feed.buffer()).events;
  /** Everything there is in the accounts: what a subscriber can change must show here. */
  const state = async () => {
    const states = all().map(async ({ open: { manager } }) => {
      const [info] = await manager.streams.list().next();
      const consumers = await manager.consumers.list(STREAM).next();
      return [info?.config, info?.state.messages, consumers.map(({ config, num_pending }) => [config, num_pending])];
    });
    return Promise.all(states);
  };

  for (const [aim, subject, payload = ""] of PUBLISHES) {
    it(`does not get ${aim} (${subject})`, async () => {
      await assert.rejects(first.client.request(subject, payload, { timeout: 5_000 }), (error: Error) =>
        /Permissions Violation for Publish/.test(String(error)),
      );
    });
  }

  for (const subject of SUBSCRIPTIONS) {
    it(`does not hear ${subject}, alone or in a queue`, async () => {
      for (const queue of [undefined, "thieves"]) {
        const heard = Promise.withResolvers<unknown>();
        const subscription = first.client.subscribe(subject, {
          ...(queue && { queue }),
          callback: (error, message) => heard.resolve(error ?? message),
        });
        await first.client.flush();
        assert.match(String(await heard.promise), /Permissions Violation for Subscription/);
        subscription.unsubscribe();
      }
    });
  }

  it("changed nothing by all that", async () => {
    assert.deepEqual(await state(), untouched);
    assert.deepEqual(await Promise.all(all().map(waiting)), [3, 1, 1]);
  });

  it("brings nothing to others by naming their subject as the one for its answer", async () => {
    const before = await state();
    const overheard: string[] = [];
    const hear = (connection: NatsConnection, subject: string) =>
      connection.subscribe(subject, { callback: (_error, message) => void overheard.push(message.subject) });
    hear(second.client, `${subscriberInbox("second")}.>`);
    hear(third.open.connection, ">");
    hear(secured.bus, "evt.>");
    await Promise.all([second.client.flush(), third.open.connection.flush(), secured.bus.flush()]);
    const intakes = ["in.guess.acme.policy.PolicyChanged", "evt.v1.acme.policy.PolicyChanged", "in.>"];
    for (const reply of [...intakes, `${subscriberInbox("second")}.x`, "$SYS.REQ.CLAIMS.LIST", "wake.device.acme.x"]) {
      first.client.publish(NEXT, ONE_NOW, { reply });
      first.client.publish(`$JS.API.CONSUMER.INFO.${OWN}`, "", { reply });
    }
    await first.client.flush();
    await first.open.connection.flush();
    assert.deepEqual(overheard, []);
    const after = await state();
    assert.deepEqual(
      after.map(([config, messages]) => [config, messages]),
      before.map(([config, messages]) => [config, messages]),
    );
  });

  it("gets its own events and nobody else's, though streams and durables have the same names", async () => {
    const others = await Promise.all([next(second), next(third)]);
    assert.deepEqual(
      others.map((message) => message?.json()),
      [{ n: 4 }, { n: 5 }],
    );
    assert.equal(others[1]?.subject, "evt.v1.globex.policy.PolicyChanged");
    for (const message of others) assert.equal(await message?.ackAck(), true);
  });

  it("cannot settle an event of another by the subject it was settled with there", async () => {
    await second.feed.send([outgoingEvent(6)]);
    const message = await second.client.request(NEXT, ONE_NOW, { noMux: true, timeout: 2_000 });
    assert.match(message.reply ?? "", /^\$JS\.ACK\./);
    first.client.publish(message.reply ?? "");
    await first.client.flush();
    assert.equal((await second.feed.buffer()).unsettled, 1);
    await second.client.request(message.reply ?? "");
    assert.equal((await second.feed.buffer()).events, 0);
  });

  it("does nobody harm but itself when it turns the bus's own answers into requests, and gets its stream back", async () => {
    for (let left = 3; left > 0; left--) assert.equal(await (await next(first))?.ackAck(), true);
    // The empty answer "there is nothing" becomes an empty request.
    first.client.publish(NEXT, ONE_NOW, { reply: `$JS.API.STREAM.DELETE.${STREAM}` });
    await eventually("the stream to be gone", async () =>
      (await first.open.manager.streams.list().next()).length === 0 ? true : undefined,
    );
    assert.deepEqual(await Promise.all([second, third].map(waiting)), [0, 0]);
    assert.equal((await bus.open(first.account)).isNew, true);
    await first.feed.send([outgoingEvent(7)]);
    assert.deepEqual((await next(first))?.json(), { n: 7 });
  });

  it("is cut off when it is revoked, and finds nothing left of it", async () => {
    const cut = second.client.closed();
    await bus.remove({ ...second.account, revocations: { "*": new Date(Date.now() - 1_000) } });
    assert.match(String(await cut), /Revoked|Expired/);
    await assert.rejects(connectAs(secured.url, "second", second.credentials), /Authorization Violation/);
    assert.equal(await waiting(third), 0);
  });
});
