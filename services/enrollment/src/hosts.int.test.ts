import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { eventually } from "@muster/testkit/eventually";
import { newHost, type OsqueryHost, orbitBody, osqueryBody } from "./testing/hosts.ts";
import { acme, type RunningService, startRunningService } from "./testing/running-service.ts";

const OSQUERY = "/api/osquery/enroll";
const ORBIT = "/api/fleet/orbit/enroll";

describe("osquery and fleetd hosts", () => {
  let service: RunningService;
  let secret: string;

  before(async () => {
    service = await startRunningService({ MUSTER_ENROLL_COOLDOWN_SECONDS: "0" });
    secret = await newSecret();
  });
  after(() => service.stop());

  const newSecret = async (tenant = "acme") => {
    const wanted = { name: "hosts", secret: "", ownership: Ownership.OWNERSHIP_UNSPECIFIED, expiresAt: undefined };
    const { enrollSecret } = await service.client.createEnrollSecret(wanted, { ...acme, tenant });
    return enrollSecret?.secret ?? "";
  };
  const enrollOsquery = async (host: OsqueryHost, by = secret) => {
    const { status, body } = await service.post(OSQUERY, osqueryBody(by, host));
    assert.equal(status, 200, JSON.stringify(body));
    const identity = service.verifier.verify(body.node_key);
    assert.ok(identity);
    return identity;
  };
  const enrollOrbit = async (host: OsqueryHost) => {
    const { status, body } = await service.post(ORBIT, orbitBody(secret, host));
    assert.equal(status, 200, JSON.stringify(body));
    const identity = service.verifier.verify(body.orbit_node_key);
    assert.ok(identity);
    return identity;
  };
  const entry = async (deviceId: string) => {
    const { enrollment } = await service.client.getEnrollment({ deviceId }, acme);
    assert.ok(enrollment);
    return enrollment;
  };
  /** As if the device had enrolled an hour ago and inventory had last heard of it then or at `lastSeen`. */
  const letAnHourPass = async (deviceId: string, lastSeen: Date | undefined) => {
    await service.data.database.tenant("acme", (work) =>
      work.sql
        .updateTable("devices")
        .set({ enrolled_at: new Date(Date.now() - 3600_000) })
        .where("tenant", "=", "acme")
        .where("id", "=", deviceId)
        .execute(),
    );
    service.inventory.lastSeen.set(deviceId, lastSeen);
  };

  it("enroll, and the bus tells", async () => {
    const heard: string[] = [];
    service.bus.bus.subscribe("evt.v1.acme.enrollment.DeviceEnrolled", {
      callback: (_error, message) => void heard.push(message.headers?.get("ce-subject") ?? ""),
    });
    await service.bus.bus.flush();
    const host = newHost();
    const { body } = await service.post(OSQUERY, osqueryBody(secret, host));
    assert.equal(body.node_invalid, false);
    const identity = service.verifier.verify(body.node_key);
    assert.deepEqual({ ...identity, deviceId: "" }, { tenant: "acme", deviceId: "", method: "osquery", generation: 1 });
    const deviceId = identity?.deviceId ?? "";
    await eventually("the event on the bus", async () => (heard.includes(deviceId) ? true : undefined));
    const enrollment = await entry(deviceId);
    assert.equal(enrollment.hostname, host.hostname);
    assert.equal(enrollment.platform, "PLATFORM_LINUX");
    assert.equal(enrollment.ownership, "OWNERSHIP_CORPORATE");
    assert.equal(enrollment.status, "STATUS_ENROLLED");
    const event = (await service.events("DeviceEnrolled")).find(({ device_id }) => device_id === deviceId);
    assert.equal(event?.actor, `device:${deviceId}`);
    assert.equal(event?.body.enrollment.hardwareUuid, host.uuid);
    assert.ok(!JSON.stringify(event?.body).includes(secret));
  });

  it("become one device over osquery and fleetd, each method with a generation of its own", async () => {
    const host = newHost();
    const first = await enrollOrbit(host);
    assert.equal((await enrollOsquery(host)).deviceId, first.deviceId);
    assert.equal((await enrollOsquery(host)).generation, 2);
    const { generations, version } = await entry(first.deviceId);
    assert.deepEqual(generations, { osquery: 2, orbit: 1 });
    assert.equal(version, 3);
  });

  it("become one device even when all knock at the same moment", async () => {
    const host = newHost();
    const identities = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? enrollOsquery(host) : enrollOrbit(host))),
    );
    assert.equal(new Set(identities.map(({ deviceId }) => deviceId)).size, 1);
    assert.deepEqual((await entry(identities[0]?.deviceId ?? "")).generations, { osquery: 10, orbit: 10 });
    const generations = identities.flatMap(({ method, generation }) => (method === "osquery" ? [generation] : []));
    assert.deepEqual(
      generations.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });

  it("enroll by the hundred at once, each as itself, and the secret counts them", async () => {
    const counted = await newSecret();
    const identities = await Promise.all(Array.from({ length: 300 }, () => enrollOsquery(newHost(), counted)));
    assert.equal(new Set(identities.map(({ deviceId }) => deviceId)).size, 300);
    const { enrollSecrets } = await service.client.listEnrollSecrets({}, acme);
    assert.equal(enrollSecrets.find(({ hint }) => hint === counted.slice(-4))?.uses, 300);
  });

  it("belong to the tenant of their secret, also in one batch and with the same hardware", async () => {
    const other = await newSecret("globex");
    const host = newHost();
    const [ours, theirs] = await Promise.all([enrollOsquery(host), enrollOsquery(host, other)]);
    assert.equal(ours.tenant, "acme");
    assert.equal(theirs.tenant, "globex");
    assert.notEqual(ours.deviceId, theirs.deviceId);
    await assert.rejects(service.client.getEnrollment({ deviceId: theirs.deviceId }, acme), {
      code: "enrollment.unknown",
    });
  });

  it("with the hardware UUID of a living device become devices of their own, and stay so", async () => {
    const holder = newHost();
    const clone = { ...newHost(), uuid: holder.uuid, serial: holder.serial };
    const first = await enrollOsquery(holder);
    await letAnHourPass(first.deviceId, new Date());
    const second = await enrollOsquery(clone);
    assert.ok(service.inventory.asked.includes(first.deviceId));
    assert.notEqual(second.deviceId, first.deviceId);
    assert.equal((await entry(second.deviceId)).duplicateOf, first.deviceId);
    const conflict = (await service.events("IdentityConflictFound")).find(
      ({ device_id }) => device_id === second.deviceId,
    );
    assert.equal(conflict?.body.holderDeviceId, first.deviceId);
    assert.deepEqual(conflict?.body.differences, ["instance_id", "hostname"]);

    assert.deepEqual(await enrollOsquery(clone), { ...second, generation: 2 });
    assert.deepEqual(await enrollOsquery(holder), { ...first, generation: 2 });
    assert.equal((await enrollOrbit(clone)).deviceId, second.deviceId);
    const { enrollments } = await service.client.listEnrollments(
      { status: "STATUS_ENROLLED", duplicatesOnly: true, pageSize: 0, pageToken: "" },
      acme,
    );
    assert.deepEqual(
      enrollments.map(({ deviceId }) => deviceId),
      [second.deviceId],
    );
  });

  it("take the place of a device that fell silent, and its keys end", async () => {
    const holder = newHost();
    const first = await enrollOsquery(holder);
    await enrollOrbit(holder);
    await letAnHourPass(first.deviceId, new Date(Date.now() - 3600_000));
    const second = await enrollOsquery({ ...newHost(), uuid: holder.uuid });
    assert.deepEqual(second, { ...first, generation: 2 });
    assert.deepEqual((await entry(first.deviceId)).generations, { osquery: 2, orbit: 2 });
  });

  it("do not take the place of a device of which inventory cannot say anything", async () => {
    const holder = newHost();
    const first = await enrollOsquery(holder);
    await letAnHourPass(first.deviceId, undefined);
    service.inventory.lastSeen.delete(first.deviceId);
    const second = await enrollOsquery({ ...newHost(), uuid: holder.uuid });
    assert.equal((await entry(second.deviceId)).duplicateOf, first.deviceId);
  });

  it("are not one device because their firmware says the same nothing", async () => {
    const junk = { uuid: "03000200-0400-0500-0006-000700080009", serial: "To be filled by O.E.M." };
    const [one, other] = [await enrollOsquery(newHost(junk)), await enrollOsquery(newHost(junk))];
    assert.notEqual(one.deviceId, other.deviceId);
    assert.equal((await entry(other.deviceId)).duplicateOf, "");
  });

  it("may leave out host_details, and are then never taken for somebody known", async () => {
    const bare = { enroll_secret: secret, host_identifier: "web-1" };
    const ids = [];
    for (let round = 0; round < 2; round++) {
      const { status, body } = await service.post("/api/v1/osquery/enroll", bare);
      assert.equal(status, 200);
      ids.push(service.verifier.verify(body.node_key)?.deviceId);
    }
    assert.notEqual(ids[0], ids[1]);
  });

  it("come back after an unenrollment as the same device, and no earlier key does", async () => {
    const host = newHost();
    const first = await enrollOsquery(host);
    await enrollOrbit(host);
    const { enrollment } = await service.client.unenroll({ deviceId: first.deviceId, reason: "sold" }, acme);
    assert.equal(enrollment?.status, "STATUS_UNENROLLED");
    await service.client.unenroll({ deviceId: first.deviceId, reason: "sold again" }, acme);
    const told = (await service.events("DeviceUnenrolled")).filter(({ device_id }) => device_id === first.deviceId);
    assert.deepEqual(
      told.map(({ actor, body }) => [actor, body.reason]),
      [["ada@acme.example", "sold"]],
    );
    assert.deepEqual(await enrollOsquery(host), { ...first, generation: 3 });
    assert.deepEqual((await entry(first.deviceId)).generations, { osquery: 3, orbit: 2 });
  });
});
