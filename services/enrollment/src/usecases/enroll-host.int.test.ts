import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { v7 as newId } from "uuid";
import type { Machine } from "../domain/claim.ts";
import { postgresRegistry } from "../storage/registry.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";
import { claim } from "../testing/builders.ts";
import { createEnrollSecret } from "./create-enroll-secret.ts";
import { sha256 } from "./credential-hash.ts";
import { enrollHost } from "./enroll-host.ts";

const now = () => new Date();
const nobodyAsks = () => Promise.reject(new Error("no machine here differs from its record"));

describe("two replicas", () => {
  let data: TestDatabase<EnrollmentDatabase>;

  before(async () => {
    data = await startTestDatabase<EnrollmentDatabase>("enrollment", join(import.meta.dirname, "../../migrations"));
  });
  after(() => data.stop());

  it("make one device of a machine that knocks at both in the same moment", async () => {
    const registry = postgresRegistry(data.database);
    const create = createEnrollSecret({ registry, now, newId, newCredential: randomUUID });
    const { secret } = await create({
      tenant: "acme",
      name: "hosts",
      secret: "",
      ownership: "corporate",
      expiresAt: undefined,
    });
    const replicas = [1, 2].map(() => enrollHost({ registry, askLastSeen: nobodyAsks, now, newId }));
    const { tenant: _tenant, ownership: _ownership, ...machine } = claim();
    // The first round also opens the connections; from then on both replicas are equally fast.
    for (let round = 0; round < 5; round++) {
      const machines = Array.from(
        { length: 100 },
        (_, index): Machine => ({
          ...machine,
          hardwareUuid: index % 2 === 0 ? randomUUID() : "",
          hardwareSerial: `SERIAL-${round}-${index}`,
        }),
      );
      const devices = await Promise.all(
        replicas.flatMap((enroll, replica) =>
          (replica === 0 ? machines : machines.toReversed()).map((each) =>
            enroll({ secretSha256: sha256(secret), machine: each }),
          ),
        ),
      );
      assert.equal(new Set(devices.map(({ id }) => id)).size, machines.length);
      const generations = devices
        .map(({ generations }) => generations.osquery ?? 0)
        .toSorted((one, other) => one - other);
      assert.deepEqual(generations, [...machines.map(() => 1), ...machines.map(() => 2)]);
    }
  });
});
