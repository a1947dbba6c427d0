import { ApiActivity, Authentication, type OcsfType } from "./classes.ts";
import type { MappingsOf } from "./mapping.ts";
import { endpointOf, userOf } from "./objects.ts";

const SESSIONS: Readonly<Record<string, OcsfType>> = {
  "session.sign_in": Authentication.Logon,
  "session.sign_out": Authentication.Logoff,
};

const VERBS: readonly (readonly [RegExp, OcsfType])[] = [
  [/^(Get|List|Read|Stream|Export)/, ApiActivity.Read],
  [/^(Create|Add|Enqueue|Run|Start|Upload)/, ApiActivity.Create],
  [/^(Update|Set|Save|Rotate|Replace|Move)/, ApiActivity.Update],
  [/^(Delete|Remove|Revoke|Unenroll|Cancel)/, ApiActivity.Delete],
];

/** What a method does, by the verb its name begins with. */
function activityOf(method: string): OcsfType {
  const name = method.split("/").at(-1) ?? "";
  return VERBS.find(([verb]) => verb.test(name))?.[1] ?? ApiActivity.Other;
}

export const gateway: MappingsOf<"gateway"> = {
  "muster.gateway.v1.ActionTaken": {
    kinds: [...Object.values(ApiActivity), Authentication.Logon, Authentication.Logoff],
    mapped: ["actor", "remoteAddress", "status", "code", "path"],
    tell: ({ actor, allowed, code, method, path, remoteAddress, role, status }) => {
      const user = {
        ...userOf(actor === "" ? "unknown" : actor),
        ...(role !== "" && { groups: [{ name: role, type: "Role" }] }),
      };
      const common = {
        actor: { user },
        src_endpoint: endpointOf(remoteAddress),
        http_request: { url: { path } },
        http_response: { code: status },
        ...(code !== "" && { status_code: code }),
      };
      const session = SESSIONS[method];
      if (session !== undefined) return { kind: session, attributes: { ...common, user, service: { name: "Muster" } } };
      const api = { operation: method, service: { name: method.split("/")[0] ?? method } };
      const control = { action_id: allowed ? 1 : 2, action: allowed ? "Allowed" : "Denied" };
      return { kind: activityOf(method), attributes: { ...common, api, ...control } };
    },
  },
};
