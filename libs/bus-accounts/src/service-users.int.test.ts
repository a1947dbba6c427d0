import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type NatsServer, startNats } from "@muster/backing/nats";
import { bootstrapBus, restoreConsumer, restoreStream } from "@muster/eventbus/bootstrap";
import { inboxPrefix } from "@muster/eventbus/permissions";
import { RelayedStream } from "@muster/eventbus/relayed-stream";
import { STREAMS } from "@muster/eventbus/streams";
import { verifyBus } from "@muster/eventbus/verify";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { openPlatformKeys, type PlatformKeyFiles } from "./platform-keys.ts";
import { credentialsFile, userToken } from "./user.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-bus-accounts-"));
const SMALL_STREAMS = { replicas: 1, maxBytes: 64 * 1024 ** 2 };

let server: NatsServer;
let keys: PlatformKeyFiles;
let policy: NatsConnection;
let inventory: NatsConnection;
let bootstrap: NatsConnection;

const open = (name: string, file: string): Promise<NatsConnection> =>
  connect({
    servers: server.url,
    authenticator: credsAuthenticator(readFileSync(file)),
    inboxPrefix: inboxPrefix(name),
  });

const openKeys = (more: { revoke?: "policy" } = {}): Promise<PlatformKeyFiles> =>
  openPlatformKeys({
    folder: join(folder, "keys"),
    accountsDir: join(folder, "nats/accounts"),
    now: new Date(),
    ...more,
  });

const startWith = async ({ serverConfig }: PlatformKeyFiles, port?: number): Promise<NatsServer> =>
  startNats({ dataDir: join(folder, "nats"), config: serverConfig, ...(port && { port }) });

before(async () => {
  keys = await openKeys();
  server = await startWith(keys);
  bootstrap = await open("bus-bootstrap", keys.credentials["bus-bootstrap"]);
  await bootstrapBus(await jetstreamManager(bootstrap), SMALL_STREAMS);
  policy = await open("policy", keys.credentials.policy);
  inventory = await open("inventory", keys.credentials.inventory);
});
after(async () => {
  await Promise.all([policy, inventory, bootstrap].map((connection) => connection.close()));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** As somebody of the platform's account who may do everything: only whoever has the seeds can. */
async function openUnlimited(): Promise<NatsConnection> {
  const { platform } = JSON.parse(readFileSync(join(folder, "keys/keys.json"), "utf8")) as { platform: string };
  const user = createUser();
  const token = userToken({ name: "test", subject: user.getPublicKey() }, fromSeed(Buffer.from(platform)), new Date());
  const authenticator = credsAuthenticator(Buffer.from(credentialsFile(token, user)));
  return connect({ servers: server.url, authenticator });
}

/** The server says no to exactly this publish. */
async function refused(connection: NatsConnection, subject: string, payload = ""): Promise<void> {
  await assert.rejects(connection.request(subject, payload, { timeout: 2_000 }), (error: Error) => {
    assert.match(String(error), /Permissions Violation for Publish/, subject);
    return true;
  });
}

/** The server says no to exactly this subscription. */
async function deaf(connection: NatsConnection, subject: string): Promise<void> {
  const heard = Promise.withResolvers<Error | undefined>();
  const subscription = connection.subscribe(subject, { callback: (error) => heard.resolve(error ?? undefined) });
  await connection.flush();
  subscription.unsubscribe();
  heard.resolve(undefined);
  assert.match(String(await heard.promise), /Permissions Violation for Subscription/, subject);
}

describe("a bus that knows its users", { timeout: 180_000 }, () => {
  it("lets nobody in without credentials", async () => {
    await assert.rejects(connect({ servers: server.url, reconnect: false }), /Authorization Violation/);
  });

  it("lets everybody in who has a file", async () => {
    for (const [name, file] of Object.entries(keys.credentials)) await (await open(name, file)).close();
  });

  it("lets the bootstrap step declare everything twice, and read or delete nothing", async () => {
    const manager = await jetstreamManager(bootstrap);
    assert.equal((await bootstrapBus(manager, SMALL_STREAMS)).created.length, 0);
    for (const call of ["STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.GET", "DIRECT.GET"]) {
      await refused(bootstrap, `$JS.API.${call}.EVT_POLICY`, "{}");
    }
    await refused(bootstrap, "$JS.API.CONSUMER.MSG.NEXT.EVT_POLICY.inventory-policy");
  });

  it("lets a service tell its own events, which its listeners pull and settle", async () => {
    await jetstream(policy).publish("evt.v1.acme.policy.PolicyChanged", "{}");
    const consumer = await jetstream(inventory).consumers.get("EVT_POLICY", "inventory-policy");
    const message = await consumer.next({ expires: 5_000 });
    assert.equal(message?.subject, "evt.v1.acme.policy.PolicyChanged");
    assert.equal(await message?.ackAck(), true);
  });

  it("lets those who have something for devices wake one of them, or all of a tenant, and nobody else", async () => {
    const command = await open("command", keys.credentials.command);
    const heard: string[] = [];
    const listen = { callback: (_error: Error | null, { subject }: { subject: string }) => void heard.push(subject) };
    for (const subject of ["wake.device.*.*", "wake.tenant.*"]) command.subscribe(subject, listen);
    await command.flush();
    for (const waker of [command, inventory]) {
      waker.publish("wake.device.acme.d1");
      waker.publish("wake.tenant.acme");
      await waker.flush();
    }
    await command.flush();
    const each = ["wake.device.acme.d1", "wake.tenant.acme"];
    assert.deepEqual(heard, [...each, ...each]);
    await refused(policy, "wake.device.acme.d1");
    await refused(policy, "wake.tenant.acme");
    await command.close();
  });

  it("lets no service tell the events of another", async () => {
    for (const other of Object.keys(STREAMS).filter((each) => each !== "policy")) {
      await refused(policy, `evt.v1.acme.${other}.DeviceEnrolled`, "{}");
    }
  });

  it("lets no service make, change, empty or delete the stream of another, nor delete its own", async () => {
    for (const call of ["CREATE", "UPDATE", "PURGE", "DELETE", "MSG.GET", "MSG.DELETE"]) {
      await refused(policy, `$JS.API.STREAM.${call}.EVT_COMMAND`, "{}");
      // It may make its own anew when it is gone, and read in it how far it was told.
      if (call !== "CREATE" && call !== "MSG.GET") await refused(policy, `$JS.API.STREAM.${call}.EVT_POLICY`, "{}");
    }
    await refused(policy, "$JS.API.STREAM.CREATE.ELSEWHERE", "{}");
  });

  it("lets no service read the durables of another, make new ones, or read past them", async () => {
    for (const call of ["MSG.NEXT", "INFO", "DELETE", "CREATE", "DURABLE.CREATE"]) {
      await refused(policy, `$JS.API.CONSUMER.${call}.EVT_ENROLLMENT.inventory-enrollment`, "{}");
    }
    await refused(policy, "$JS.API.CONSUMER.CREATE.EVT_ENROLLMENT", "{}");
    await refused(policy, "$JS.API.DIRECT.GET.EVT_ENROLLMENT", "{}");
    await refused(policy, "$JS.ACK.EVT_ENROLLMENT.inventory-enrollment.1.1.1.1.0");
    for (const subject of [">", "evt.>", "$JS.>", "$SYS.>", "_INBOX.>", `${inboxPrefix("inventory")}.>`]) {
      await deaf(policy, subject);
    }
  });

  it("lets a service put back its own stream and its own durables", async () => {
    const superuser = await openUnlimited();
    await (await jetstreamManager(superuser)).streams.delete("EVT_POLICY");
    await superuser.close();
    await restoreStream(await jetstreamManager(policy), "policy", SMALL_STREAMS);
    const manager = await jetstreamManager(inventory);
    await restoreConsumer(manager, "inventory-policy");
    assert.deepEqual((await verifyBus(manager, "inventory", 1)).differences, []);
    await jetstream(policy).publish("evt.v1.acme.policy.PolicyChanged", "{}");
    assert.equal((await new RelayedStream(policy, "policy", SMALL_STREAMS).end())?.sequence, 1);
  });

  it("lets services ask each other for what their outboxes hold", async () => {
    policy.subscribe("outbox.policy.missing", { callback: (_error, message) => void message.respond("3 events") });
    await policy.flush();
    assert.equal((await inventory.request("outbox.policy.missing")).string(), "3 events");
    await deaf(inventory, "outbox.policy.>");
    // An answer goes to who asked, and to nobody who did not.
    await refused(policy, `${inboxPrefix("inventory")}.forged`);
  });

  it("lets an observer see states and no event", async () => {
    const observer = await connect({
      servers: server.url,
      authenticator: credsAuthenticator(readFileSync(keys.credentials.observer)),
    });
    const manager = await jetstreamManager(observer);
    assert.equal((await manager.streams.list().next()).length, Object.keys(STREAMS).length);
    assert.equal(
      (await manager.consumers.info("EVT_POLICY", "inventory-policy")).config.ack_policy,
      AckPolicy.Explicit,
    );
    await refused(observer, "$JS.API.STREAM.MSG.GET.EVT_POLICY", '{"seq":1}');
    await deaf(observer, "evt.>");
    await observer.close();
  });

  it("keeps its users and streams over a start with files that were signed anew", async () => {
    await server.stop();
    server = await startWith(await openKeys(), server.port);
    const back = await open("policy", keys.credentials.policy);
    assert.equal((await (await jetstreamManager(back)).streams.info("EVT_POLICY")).state.messages, 1);
    await back.close();
  });

  it("lets nobody in with a key that was replaced", async () => {
    const old = credsAuthenticator(readFileSync(keys.credentials.policy));
    await server.stop();
    server = await startWith(await openKeys({ revoke: "policy" }), server.port);
    await assert.rejects(connect({ servers: server.url, authenticator: old, reconnect: false }), /Authorization/);
    await (await open("policy", keys.credentials.policy)).close();
    await (await open("inventory", keys.credentials.inventory)).close();
  });
});
