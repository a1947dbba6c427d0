import { generateKeyPairSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type Activity,
  type ActivityServiceServer,
  ActivityServiceService,
  ListActivitiesRequest,
} from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { Subscriber } from "@muster/contracts/gen/muster/notification/v1/subscriber";
import {
  type SubscriberServiceServer,
  SubscriberServiceService,
} from "@muster/contracts/gen/muster/notification/v1/subscriber_service";
import { PolicyChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel, type ClientOf, clientOf } from "@muster/rpc/client";
import { type SecuredBus, startSecuredBus } from "@muster/testkit/secured-bus";
import { type ServiceProcess, startServiceProcess } from "@muster/testkit/service-process";
import { startTogether } from "@muster/testkit/start-together";
import { tell } from "@muster/testkit/tell";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { type Consumer, jetstream } from "@nats-io/jetstream";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { sql } from "kysely";
import type { NotificationTables } from "../storage/tables.ts";

const TOKEN = "service-token";
const caller = { tenant: "acme", actor: "ada@acme.example" };

interface Started {
  readonly bus: SecuredBus;
  readonly database: TestDatabase<NotificationTables>;
  readonly process: ServiceProcess;
  /** Ends bus and database. */
  readonly backing: AsyncDisposableStack;
}

/** The whole service as a process, on a bus that knows its users, and what a subscriber sees of it. */
export class RunningSubscribers {
  readonly bus: SecuredBus;
  readonly process: ServiceProcess;
  readonly service: ClientOf<SubscriberServiceServer>;
  readonly #activities: ClientOf<ActivityServiceServer>;
  readonly #database: TestDatabase<NotificationTables>;
  readonly #backing: AsyncDisposableStack;
  readonly #lifecycle = new Lifecycle(createLogger("test", "silent"));
  readonly #connections: NatsConnection[] = [];

  private constructor({ backing, bus, database, process }: Started) {
    this.#backing = backing;
    this.bus = bus;
    this.#database = database;
    this.process = process;
    const channel = new Channel(process.grpcAddress, TOKEN, this.#lifecycle);
    this.service = clientOf<SubscriberServiceServer>(SubscriberServiceService, channel);
    this.#activities = clientOf<ActivityServiceServer>(ActivityServiceService, channel);
  }

  static async start(): Promise<RunningSubscribers> {
    await using starting = new AsyncDisposableStack();
    const [bus, database] = await startTogether(
      startSecuredBus(),
      startTestDatabase<NotificationTables>("notification", join(import.meta.dirname, "../../migrations")),
    );
    starting.defer(() => bus.stop());
    starting.defer(() => database.stop());
    const { privateKey: auditKey } = generateKeyPairSync("ed25519");
    const process = await startServiceProcess({
      main: join(import.meta.dirname, "../main.ts"),
      databaseUrl: database.url,
      natsUrl: bus.url,
      serviceToken: TOKEN,
      env: {
        MUSTER_MASTER_KEY: randomBytes(32).toString("base64"),
        MUSTER_NATS_CREDENTIALS: bus.keys.credentials.notification,
        MUSTER_NATS_SYSTEM_CREDENTIALS: bus.keys.credentials.system,
        MUSTER_NATS_SIGNING_KEY: bus.keys.signingKey,
        MUSTER_AUDIT_SIGNING_KEY: JSON.stringify({ ...auditKey.export({ format: "jwk" }), kid: "1", alg: "EdDSA" }),
        // Checkpoints are events too: none comes here.
        MUSTER_AUDIT_CHECKPOINT_SECONDS: "3600",
        MUSTER_LOG_LEVEL: "error",
      },
    });
    return new RunningSubscribers({ bus, database, process, backing: starting.move() });
  }

  /** Keeps an event whose body no version of its message has, as one from a later release may be. */
  async recordFlawed(): Promise<void> {
    await this.#database.database.tenant(caller.tenant, ({ sql: db }) =>
      sql`
        insert into activities (tenant, id, type, source, device_id, actor, time, traceparent, data)
        values (${caller.tenant}, gen_random_uuid(), 'muster.inventory.v1.DeviceFactsChanged', '/muster/inventory', '', '',
          now(), '', '{"facts": [null]}')`.execute(db),
    );
  }

  async stop(): Promise<number | null> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await this.#lifecycle.stop();
    const code = await this.process.end("SIGTERM");
    await this.#backing.disposeAsync();
    return code;
  }

  async create(changes: object = {}): Promise<Subscriber> {
    const asked = Subscriber.fromJSON({ name: "SOC", ...changes });
    const { subscriber } = await this.service.createSubscriber({ subscriber: asked }, caller);
    return present(subscriber);
  }

  async get(id: string): Promise<Subscriber> {
    return present((await this.service.getSubscriber({ id }, caller)).subscriber);
  }

  async rotate(id: string, overlapSeconds?: number): Promise<Subscriber> {
    return present((await this.service.rotateSubscriberCredentials({ id, overlapSeconds }, caller)).subscriber);
  }

  async replay(id: string, position: string): Promise<void> {
    await this.service.replaySubscriber({ id, position, time: undefined }, caller);
  }

  async revoke(id: string): Promise<void> {
    await this.service.revokeSubscriber({ id }, caller);
  }

  /** Events of this type that were kept and hold this text. */
  async told(type: string, search: string): Promise<Activity[]> {
    const request = ListActivitiesRequest.fromPartial({ types: [type], search });
    return (await this.#activities.listActivities(request, caller)).activities;
  }

  /** Connects as the subscriber does: with what the answer said, and nothing else. */
  async connect({ connection }: Subscriber): Promise<{ client: NatsConnection; consumer: Consumer }> {
    const { servers = [], credentials = "", inboxPrefix = "", stream = "", consumer = "" } = connection ?? {};
    const client = await connect({
      servers,
      authenticator: credsAuthenticator(Buffer.from(credentials)),
      inboxPrefix,
      reconnect: false,
    });
    this.#connections.push(client);
    return { client, consumer: await jetstream(client).consumers.get(stream, consumer) };
  }

  /** Tells of a policy that changed, and returns the event's id. */
  policyChanged(name: string, description = "", tenant = caller.tenant): Promise<string> {
    return tell(this.bus.bus, {
      type: "muster.policy.v1.PolicyChanged",
      tenant,
      deviceId: "",
      actor: caller.actor,
      data: PolicyChanged.fromJSON({ policy: { name, description } }),
    });
  }
}

function present(subscriber: Subscriber | undefined): Subscriber {
  if (subscriber === undefined) throw new Error("the answer holds no subscriber");
  return subscriber;
}
