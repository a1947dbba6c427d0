import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Platform, startPlatform } from "@muster/deploy/local/platform";
import { PUBLISHERS } from "../faults/checks/all.ts";
import { auditWhole } from "../faults/checks/audit-whole.ts";
import { type Finding, finding } from "../faults/checks/check.ts";
import { nothingSetAside } from "../faults/checks/nothing-set-aside.ts";
import { eventsOf } from "../faults/checks/outbox.ts";
import { withDatabase } from "../faults/platform-database.ts";
import { type RestClient, restClient } from "../journeys/testing/rest-client.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../simulators/webhook-receiver.ts";
import { type BackupKind, takeBackup } from "./backup.ts";
import { enrollEveryKind } from "./devices.ts";
import { askEveryKind, askOne } from "./pending.ts";

export interface RestoreOptions {
  readonly backup: BackupKind;
  /** Whether the bus is lost with everything else, or goes on from where it was and is ahead of the database. */
  readonly bus: "lost" | "kept";
  /** Whether the folders, with the logs, stay. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

const TYPES = [
  "muster.enrollment.v1.DeviceEnrolled",
  "muster.command.v1.CommandQueued",
  "muster.command.v1.CommandAcknowledged",
];
const WITHIN_MS = 120_000;

/** Destroys a platform and restores it elsewhere from what an administrator keeps; says what held. */
export async function runRestore({ backup: kind, bus, keep, say }: RestoreOptions): Promise<Finding[]> {
  await using closing = new AsyncDisposableStack();
  const home = join(tmpdir(), `muster-restore-${randomBytes(5).toString("hex")}`);
  const [before, after] = [join(home, "before"), join(home, "after")];
  // Another user, as which Postgres runs where this is root, has to come through.
  await mkdir(home, { mode: 0o711 });
  say(`folder ${home}`);
  if (!keep) closing.defer(() => rm(home, { recursive: true, force: true }));
  const inputs = { durable: false, log: say, environment: { MUSTER_ENROLL_COOLDOWN_SECONDS: "0" } };
  const receiver = await startWebhookReceiver();
  closing.defer(() => receiver.close());

  const first = await startPlatform({ ...inputs, dataDir: before, ports: "free" });
  await using running = new AsyncDisposableStack();
  running.defer(() => first.stop());
  const api = apiOf(first);
  const { secret } = await api.post<{ secret: string }>("/api/v1/webhooks", {
    name: "restore",
    url: receiver.url,
    eventTypes: TYPES,
    enabled: true,
  });
  receiver.trust(secret);
  const ca = await readFile(first.files.serverCaCert, "utf8");
  const enrollSecret = (await readFile(first.files.enrollSecret, "utf8")).trim();
  await api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
  const devices = await enrollEveryKind(first, api, { ca, enrollSecret }, closing);
  const enrolledBefore = devices.enrolledTimes();
  say(`${devices.kinds.size} devices have enrolled; the way to them is cut, and they are asked things`);
  const ids = await deviceIds(api, devices.kinds);
  await first.ingress.kill("SIGKILL");
  const asked = await askEveryKind(api, ids, devices);
  await untilToldAll(first, receiver);
  const told = timesTold(receiver);

  say(`${kind === "base" ? "base backup" : "dump"} of the database`);
  const kept = await takeBackup(kind, first, before, join(home, "backup"));
  const lost = await askOne(api, devices.agent.enrollment.deviceId, "after the backup");
  await untilToldAll(first, receiver);

  say("everything is destroyed");
  await destroy(first);
  const toldAtTheEnd = timesTold(receiver);
  await running.disposeAsync();
  await kept.restoreInto(after);
  if (bus === "kept") {
    for (const store of ["jetstream", "accounts"]) {
      await cp(join(before, "nats", store), join(after, "nats", store), { recursive: true });
    }
  }
  await rm(before, { recursive: true, force: true });

  // The name that devices know leads elsewhere now; nothing else is where it was.
  const ingress = Number(new URL(first.urls.device).port);
  const second = await startPlatform({ ...inputs, dataDir: after, ports: { ingress } });
  closing.defer(() => second.stop());
  say("restored; devices come back by themselves");
  const restored = apiOf(second);
  const pending = await asked.outcome(restored);
  const later = await askOne(restored, devices.agent.enrollment.deviceId, "after the restore");
  const goesOn = await restored
    .until<{ state: string }, true>(
      `/api/v1/commands/${later}`,
      ({ state }) => (state === "COMMAND_STATE_ACKNOWLEDGED" ? true : undefined),
      WITHIN_MS,
    )
    .catch(() => false);
  await untilToldAll(second, receiver);
  const toldNow = timesTold(receiver);
  const repeated = [...told.keys()].filter((id) => (toldNow.get(id) ?? 0) > (toldAtTheEnd.get(id) ?? 0));
  const gone = await restored.get(`/api/v1/commands/${lost}`).then(
    () => ["a command from after the backup is known"],
    () => [],
  );
  const again = devices.enrolledTimes() - enrolledBefore;
  // Awaited here: what is returned as a promise would be looked for when all is stopped.
  return await withDatabase(second, async (client) => [
    finding(
      "devices of every kind come back without enrolling",
      devices.kinds.size,
      again > 0 ? [`${again} enrolled again`] : [],
    ),
    pending,
    finding("what happens afterwards takes its way", 1, [
      ...(goesOn ? [] : ["a command after the restore was not executed"]),
      ...gone,
    ]),
    finding(
      "events go on at the webhook, signed as before",
      toldNow.size - toldAtTheEnd.size,
      receiver.arrivals.all().every(({ verified }) => verified) ? [] : ["not all are genuine"],
    ),
    finding(
      "no event from before the backup is told anew",
      told.size,
      repeated.map((id) => `${id} was told again`),
    ),
    await auditWhole(restored, client),
    await nothingSetAside(restored),
  ]);
}

const apiOf = ({ urls, administrator }: Platform): RestClient => restClient(urls.gateway, administrator.token);

/** How often each event arrived: a receiver that is slow to answer is told again. */
function timesTold(receiver: WebhookReceiver): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { id } of receiver.arrivals.all()) times.set(id, (times.get(id) ?? 0) + 1);
  return times;
}

/** The device's id by its serial number, once inventory knows all of them. */
function deviceIds(api: RestClient, kinds: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  return api.until<{ devices: { id: string; hardwareSerial: string }[] }, ReadonlyMap<string, string>>(
    "/api/v1/devices?pageSize=100",
    ({ devices }) => {
      const known = new Map(devices.map(({ id, hardwareSerial }) => [hardwareSerial, id]));
      return [...kinds.keys()].every((serial) => known.has(serial)) ? known : undefined;
    },
    WITHIN_MS,
  );
}

/** Until every event was told to the bus and heard, and every delivery made. */
async function untilToldAll(platform: Platform, receiver: WebhookReceiver): Promise<void> {
  const untold = PUBLISHERS.map(
    (publisher) =>
      `(select count(*) from ${eventsOf(publisher)} o where not exists (select from notification.activities a where a.id = o.id))`,
  ).join(" + ");
  const deadline = performance.now() + WITHIN_MS;
  await withDatabase(platform, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ left: number }>(
        `select (${untold} + (select count(*) from notification.deliveries where state = 'DELIVERY_STATE_PENDING'))::int as left`,
      );
      if (rows[0]?.left === 0 && receiver.arrivals.all().length > 0) return;
      if (performance.now() > deadline)
        throw new Error(`${rows[0]?.left} events or deliveries do not come to their end`);
      await pause(200);
    }
  });
}

/** As a fire does: nobody finishes anything. */
async function destroy({ replicas, ingress, backing }: Platform): Promise<void> {
  const all = [...replicas.map(({ process }) => process), ingress, backing.nats, backing.postgres];
  await Promise.all(all.flatMap((each) => (each === undefined ? [] : [each.kill("SIGKILL")])));
}
