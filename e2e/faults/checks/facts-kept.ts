import type { RestClient } from "../../journeys/testing/rest-client.ts";
import type { OsqueryHost } from "../../simulators/osquery/osquery-host.ts";
import { buildNumber, takenBuild } from "../work/changing-hosts.ts";
import { type Finding, finding } from "./check.ts";

interface Fact {
  readonly name: string;
  readonly value: { readonly build?: unknown };
}

const AT_ONCE = 20;

/** What a host was told had been taken is what the platform says of it, unless something newer came after. */
export async function noTakenFactLost(
  api: RestClient,
  hosts: readonly OsqueryHost[],
  deviceIds: ReadonlyMap<string, string>,
): Promise<Finding> {
  const reported = hosts.flatMap((host) => {
    const build = takenBuild(host);
    return build === undefined ? [] : [{ identity: host.facts.identity, build }];
  });
  const violations: string[] = [];
  for (let start = 0; start < reported.length; start += AT_ONCE) {
    await Promise.all(
      reported.slice(start, start + AT_ONCE).map(async ({ identity, build }) => {
        const { facts } = await api.get<{ facts: Fact[] }>(`/api/v1/devices/${deviceIds.get(identity.serial)}/facts`);
        const known = buildNumber(facts.find(({ name }) => name === "os_version")?.value.build) ?? 0;
        if (known < build) violations.push(`${identity.name} reported build ${build}, known is ${known}`);
      }),
    );
  }
  return finding("no fact that was taken is lost", reported.length, violations);
}
