import { HostFacts } from "../osquery/host-facts.ts";
import { drawIdentity } from "../osquery/host-identity.ts";
import { SeededRandom } from "../seeded-random.ts";

/** The facts of one Linux machine for a test that does not care which. */
export const linuxFacts = (): HostFacts => {
  const random = new SeededRandom("any");
  const identity = drawIdentity({ name: "any-host", platform: "linux", epoch: new Date() }, random.fork("identity"));
  return new HostFacts(identity, random.fork("facts"), { startedAt: 0, configHash: "" });
};
