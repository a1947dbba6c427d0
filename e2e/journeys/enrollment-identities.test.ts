import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { HostIdentity } from "../simulators/osquery/host-identity.ts";
import type { OsqueryAnswer } from "../simulators/osquery/osquery-door.ts";
import type { OsqueryHost } from "../simulators/osquery/osquery-host.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { identityOf, type OsqueryMachines, osqueryMachines } from "./testing/osquery-machines.ts";

interface Enrollment {
  readonly deviceId: string;
  readonly hardwareUuid: string;
  readonly duplicateOf: string;
  readonly generations: Readonly<Record<string, number>>;
}

interface EnrollSecret {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly uses: number;
}

interface Conflict {
  readonly holderDeviceId: string;
  readonly differences: readonly string[];
  readonly enrollment: Enrollment;
}

const POLLS = 4;
const timing = { distributedMs: 200, configMs: 200, logMs: 60_000 };

describe("the identity a host enrolls with", () => {
  let journey: JourneyPlatform;
  let machines: OsqueryMachines;

  before(async () => {
    // A clone that kept its hostname is the same machine to the cooldown, and would only wait.
    journey = await startJourneyPlatform({ environment: { MUSTER_ENROLL_COOLDOWN_SECONDS: "0" } });
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    machines = osqueryMachines(journey);
  });

  after(async () => {
    await machines?.stop();
    await journey?.stop();
  });

  const enrolled = (host: OsqueryHost) => host.ledger.wait((entry) => entry.kind === "enrolled", 20_000);

  /** Several reads from now on, each of them taken. */
  const pollsOn = async (host: OsqueryHost): Promise<void> => {
    for (let poll = 0; poll < POLLS; poll++) await host.distributedCycle();
    assert.deepEqual([host.ledger.counts.enrolled, host.ledger.counts.refused], [1, 0], host.facts.identity.name);
  };

  const enrollOnce = (identity: HostIdentity, secret: string): Promise<OsqueryAnswer> =>
    machines.door.post("/enroll", {
      enroll_secret: secret,
      host_identifier: identity.uuid,
      platform_type: "9",
      host_details: {
        system_info: { uuid: identity.uuid, hostname: identity.name, hardware_serial: identity.serial },
        osquery_info: { instance_id: identity.instanceId },
      },
    });

  it("makes two devices of a machine and its clone, says so, and lets both be", async () => {
    const original = identityOf("original");
    const first = machines.start({ identity: original, enrollSecret: journey.enrollSecret, timing });
    await enrolled(first);
    const clone = { ...original, instanceId: randomUUID() };
    const second = machines.start({ identity: clone, enrollSecret: journey.enrollSecret, timing });
    await enrolled(second);
    for (const host of [first, second, first, second]) await pollsOn(host);

    const own = (all: readonly Enrollment[]) =>
      all.filter(({ hardwareUuid }) => hardwareUuid.toLowerCase() === original.uuid.toLowerCase());
    const { enrollments } = await journey.api.get<{ enrollments: Enrollment[] }>("/api/v1/enrollments?pageSize=100");
    const [newcomer, holder] = own(enrollments);
    assert.equal(own(enrollments).length, 2);
    assert.equal(newcomer?.duplicateOf, holder?.deviceId);
    assert.deepEqual([newcomer?.generations, holder?.generations], [{ osquery: 1 }, { osquery: 1 }]);
    const { enrollments: duplicates } = await journey.api.get<{ enrollments: Enrollment[] }>(
      "/api/v1/enrollments?duplicatesOnly=true",
    );
    assert.deepEqual(
      duplicates.map(({ deviceId }) => deviceId),
      [newcomer?.deviceId],
    );

    const conflicts = await journey.api.until<{ activities: { data: Conflict }[] }, Conflict[]>(
      "/api/v1/activities?types=muster.enrollment.v1.IdentityConflictFound",
      ({ activities }) => (activities.length > 0 ? activities.map(({ data }) => data) : undefined),
    );
    assert.deepEqual(
      conflicts.map(({ holderDeviceId, differences, enrollment }) => [
        holderDeviceId,
        enrollment.deviceId,
        differences,
      ]),
      [[holder?.deviceId, newcomer?.deviceId, ["instance_id"]]],
    );
    const { devices } = await journey.api.until<{ devices: { id: string }[] }, { devices: { id: string }[] }>(
      "/api/v1/devices?pageSize=100",
      (answer) => (answer.devices.length >= 2 ? answer : undefined),
    );
    assert.deepEqual(new Set(devices.map(({ id }) => id)), new Set([newcomer?.deviceId, holder?.deviceId]));
  });

  it("is let in with either of two secrets, and with a revoked one no more, while those inside stay", async () => {
    const next = await journey.api.post<EnrollSecret>("/api/v1/enroll-secrets", { name: "next year" });
    const withOld = machines.start({ identity: identityOf("by-old"), enrollSecret: journey.enrollSecret, timing });
    const withNew = machines.start({ identity: identityOf("by-new"), enrollSecret: next.secret, timing });
    await Promise.all([enrolled(withOld), enrolled(withNew)]);

    const { enrollSecrets } = await journey.api.get<{ enrollSecrets: EnrollSecret[] }>("/api/v1/enroll-secrets");
    const old = enrollSecrets.find(({ id }) => id !== next.id);
    assert.ok(old);
    assert.ok(enrollSecrets.every(({ secret, uses }) => secret === "" && uses > 0));
    await journey.api.delete(`/api/v1/enroll-secrets/${old.id}`);

    const refused = await enrollOnce(identityOf("too-late"), journey.enrollSecret);
    assert.deepEqual([refused.status, refused.body["node_invalid"]], [401, true]);
    const taken = await enrollOnce(identityOf("in-time"), next.secret);
    assert.deepEqual([taken.status, taken.body["node_invalid"]], [200, false]);
    await pollsOn(withOld);
    await pollsOn(withNew);
  });

  it("is refused with a secret nobody made, and a node key nobody signed reads nothing", async () => {
    const refused = await enrollOnce(identityOf("stranger"), "a guess of sufficient length");
    assert.deepEqual([refused.status, refused.body["node_invalid"]], [401, true]);
    assert.equal(refused.body["node_key"], undefined);
    for (const path of ["/config", "/distributed/read", "/distributed/write", "/log"]) {
      const { status, body } = await machines.door.post(path, { node_key: "a guess" });
      assert.deepEqual([path, status, body["node_invalid"]], [path, 401, true]);
    }
    const { activities } = await journey.api.until<
      { activities: { data: { code: string } }[] },
      { activities: { data: { code: string } }[] }
    >("/api/v1/activities?types=muster.enrollment.v1.EnrollmentRefused", (answer) =>
      answer.activities.length > 0 ? answer : undefined,
    );
    assert.ok(activities.every(({ data }) => data.code.startsWith("enrollment.")));
  });
});
