import { createHash } from "node:crypto";
import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { traced } from "@muster/host/request-span";
import { refuse } from "../domain/refusals.ts";
import { putDeviceToken, putUserEmail } from "../storage/orbit-devices.ts";
import type { Database } from "../usecases/ports.ts";
import { answerAsFleet } from "./fleet-errors.ts";
import { orbitConfig } from "./orbit-config.ts";
import type { OrbitHandler } from "./orbit-handler.ts";
import { fieldsOf, orbitOf, unauthenticated } from "./orbit-identity.ts";
import { type OrbitScriptDeps, offerScripts } from "./orbit-scripts.ts";

export interface OrbitDoorDeps extends OrbitScriptDeps {
  readonly database: Database;
  readonly verifier: NodeKeyVerifier;
  readonly isCurrent: (identity: DeviceIdentity) => Promise<boolean>;
  /** The scripts that wait for a device; nothing when its key no longer counts. */
  readonly pendingScripts: (identity: DeviceIdentity) => Promise<readonly string[] | undefined>;
}

const PREFIX = "/api/fleet/orbit";
/** What fleetd does only for a server that says it can: device tokens that change, and the e-mail address of the user. */
const CAPABILITIES = "orbit_endpoints,token_rotation,end_user_email";
const MAX_TOKEN = 255;
const MAX_EMAIL = 254;

/** The door of fleetd (orbit), for agents that people already run. */
export async function openOrbitDoor(door: HttpDoor, deps: OrbitDoorDeps): Promise<void> {
  await door.register(async (scope) => {
    answerAsFleet(scope);
    // On every answer: fleetd takes one without for a server that can do nothing any more.
    scope.addHook("onRequest", async (_request, reply) => {
      reply.header("x-fleet-capabilities", CAPABILITIES);
    });
    const authenticated = (handler: OrbitHandler) =>
      traced(async (request, reply) => {
        const fields = fieldsOf(request.body);
        // An early fleetd misspelled the field in software_install/details.
        const identity = orbitOf(deps.verifier, fields["orbit_node_key"] ?? fields["orbot_node_key"]);
        if (!(await deps.isCurrent(identity))) throw unauthenticated();
        return handler(identity, fields, reply);
      });
    const post = (path: string, handler: OrbitHandler) => scope.post(`${PREFIX}/${path}`, authenticated(handler));

    scope.route({
      method: ["HEAD", "GET"],
      url: `${PREFIX}/ping`,
      handler: async (_request, reply) => reply.send(""),
    });
    scope.post(
      `${PREFIX}/config`,
      traced(async (request, reply) => {
        const pending = await deps.pendingScripts(orbitOf(deps.verifier, fieldsOf(request.body)["orbit_node_key"]));
        if (pending === undefined) throw unauthenticated();
        return reply.send(orbitConfig(pending));
      }),
    );
    post("device_token", async (identity, fields) => {
      const token = textField(fields, "device_auth_token", MAX_TOKEN);
      const sha256 = createHash("sha256").update(token).digest();
      await deps.database.tenant(identity.tenant, (work) => putDeviceToken(work.sql, identity, sha256, deps.now()));
      return {};
    });
    scope.put(
      `${PREFIX}/device_mapping`,
      authenticated(async (identity, fields) => {
        const email = textField(fields, "email", MAX_EMAIL);
        await deps.database.tenant(identity.tenant, (work) => putUserEmail(work.sql, identity, email));
        return {};
      }),
    );
    offerScripts(post, deps);
    offerNothing(post);
  });
}

/** What Muster does not do over fleetd, answered with what its protocol defines for nothing to do. */
function offerNothing(post: (path: string, handler: OrbitHandler) => unknown): void {
  const nothingThere: OrbitHandler = () => {
    throw refuse("orbit.nothing_there", "there is no software to install");
  };
  const noContent: OrbitHandler = (_identity, _fields, reply) => reply.code(204).send();
  post("software_install/details", nothingThere);
  post("software_install/package", nothingThere);
  post("software_install/result", noContent);
  post("disk_encryption_key", noContent);
  post("luks_data", noContent);
  post("setup_experience/init", () => ({ result: { enabled: false } }));
  post("setup_experience/status", () => ({
    setup_experience_results: {
      script: null,
      software: [],
      configuration_profiles: [],
      account_configuration: null,
      org_logo_url: "",
    },
  }));
}

function textField(fields: Readonly<Record<string, unknown>>, name: string, max: number): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "" || value.length > max || value.includes("\0")) {
    throw refuse("orbit.bad_body", `${name} is text of 1 to ${max} characters`);
  }
  return value;
}
