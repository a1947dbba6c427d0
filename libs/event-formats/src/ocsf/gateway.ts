import type { EventData } from "@muster/contracts/event";
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
    mapped: [
      "actor",
      "remoteAddress",
      "status",
      "code",
      "path",
      "userAgent",
      "requestId",
      "resourceId",
      "resourceName",
    ],
    tell: (data) => {
      const user = userWith(data.actor, data.role);
      const common = {
        actor: { user },
        src_endpoint: endpointOf(data.remoteAddress),
        http_request: requestOf(data),
        // How it ended is not known of a request that was begun when the gateway died.
        ...(data.status !== 0 && { http_response: { code: data.status } }),
        ...(data.code !== "" && { status_code: data.code }),
      };
      const session = SESSIONS[data.action];
      if (session !== undefined) return { kind: session, attributes: { ...common, user, service: { name: "Muster" } } };
      const api = { operation: data.method, service: { name: data.method.split("/")[0] ?? data.method } };
      const control = { action_id: data.allowed ? 1 : 2, action: data.allowed ? "Allowed" : "Denied" };
      return { kind: activityOf(data.method), attributes: { ...common, api, ...control, ...resourcesOf(data) } };
    },
  },
};

type Action = EventData<"muster.gateway.v1.ActionTaken">;

const userWith = (actor: string, role: string) => ({
  ...userOf(actor === "" ? "unknown" : actor),
  ...(role !== "" && { groups: [{ name: role, type: "Role" }] }),
});

const requestOf = ({ path, requestId, userAgent }: Action) => ({
  url: { path },
  ...(requestId !== "" && { uid: requestId }),
  ...(userAgent !== "" && { user_agent: userAgent }),
});

const resourcesOf = ({ resourceId, resourceName }: Action) =>
  resourceId === "" && resourceName === ""
    ? {}
    : {
        resources: [
          { uid: resourceId, ...(resourceName !== "" && { name: resourceName }), role_id: 1, role: "Target" },
        ],
      };
