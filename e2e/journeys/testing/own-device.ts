import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { TestContext } from "node:test";
import { request } from "undici";
import { startOrbit } from "../../simulators/orbit/simulated-orbit.ts";
import type { HostIdentity } from "../../simulators/osquery/host-identity.ts";
import { SeededRandom } from "../../simulators/seeded-random.ts";
import type { JourneyPlatform } from "./journey-platform.ts";
import { factsOf, identityOf, osqueryMachines } from "./osquery-machines.ts";

export interface OwnDevice {
  readonly identity: HostIdentity;
  /** fleetd's device token. */
  readonly token: string;
  /** Where "My device" in fleetd's menu leads. */
  readonly link: string;
}

/** What the policy tells the owner to do that a device of their own fails. */
export const ADVICE = "Ask the help desk to take the name away.";

/** A person's own laptop with fleetd, known to the platform, with a policy that it fails. */
export async function ownDevice(journey: JourneyPlatform, test: TestContext): Promise<OwnDevice> {
  const { api, ca, platform } = journey;
  const enrollSecret = randomUUID();
  await api.post("/api/v1/enroll-secrets", {
    name: "Own devices",
    secret: enrollSecret,
    ownership: "OWNERSHIP_PERSONAL",
  });
  const machines = osqueryMachines(journey);
  test.after(() => machines.stop());
  const identity = identityOf("own-laptop");
  const orbit = await startOrbit({
    server: platform.urls.device,
    ca,
    dispatcher: machines.dispatcher,
    enrollSecret,
    facts: factsOf(identity),
    sql: machines.sql,
    random: new SeededRandom("own-laptop"),
  });
  test.after(() => orbit.stop());
  const { id } = await api.post<{ id: string }>("/api/v1/policies", {
    name: "Has no name",
    query: "SELECT 1 FROM system_info WHERE hostname = ''",
    resolution: ADVICE,
    enabled: true,
    intervalSeconds: 60,
    selection: {},
  });
  machines.start({ identity, enrollSecret, timing: { distributedMs: 500 } });
  await api.until<{ verdicts: { displayName: string; verdict: string }[] }, true>(
    `/api/v1/policies/${id}/verdicts?pageSize=100`,
    ({ verdicts }) =>
      verdicts.some(({ displayName, verdict }) => displayName.startsWith("Personal") && verdict === "VERDICT_FAIL") ||
      undefined,
  );
  const { headers, statusCode } = await request(`${platform.urls.device}/device/${orbit.deviceToken}`, {
    dispatcher: machines.dispatcher,
  });
  assert.equal(statusCode, 303);
  return { identity, token: orbit.deviceToken, link: String(headers["location"]) };
}
