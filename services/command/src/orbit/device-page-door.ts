import { createHash } from "node:crypto";
import type { HttpDoor } from "@muster/host/http-door";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { DeviceKey } from "../domain/device-key.ts";
import { refuse } from "../domain/refusals.ts";
import { findByToken } from "../storage/orbit-devices.ts";
import type { OwnerLink } from "../usecases/owner-links.ts";
import type { Database } from "../usecases/ports.ts";
import { answerAsFleet } from "./fleet-errors.ts";

export interface DevicePageDeps {
  readonly database: Database;
  readonly failingPolicies: (device: DeviceKey) => Promise<number>;
  readonly makeOwnerLink: (device: DeviceKey) => Promise<OwnerLink>;
  readonly now: () => Date;
}

type WithToken = FastifyRequest<{ Params: { token: string } }>;

/** What fleetd's desktop program asks in its user's name, with the device token instead of the node key. */
export async function openDevicePageDoor(door: HttpDoor, deps: DevicePageDeps): Promise<void> {
  const { database, failingPolicies, makeOwnerLink, now } = deps;
  await door.register(async (scope) => {
    answerAsFleet(scope);
    const deviceOf = async ({ params }: WithToken): Promise<DeviceKey> => {
      const sha256 = createHash("sha256").update(params.token).digest();
      const device = await database.system((work) => findByToken(work.sql, sha256, now()));
      if (device === undefined) throw refuse("orbit.unauthenticated", "the device token is not, or no longer, good");
      return device;
    };
    scope.head("/api/fleet/device/ping", async (_request, reply) => reply.send(""));
    scope.head("/api/latest/fleet/device/:token/ping", async (request: WithToken, reply) => {
      await deviceOf(request);
      return reply.send("");
    });
    const desktop = async (request: WithToken) => ({
      failing_policies_count: await failingPolicies(await deviceOf(request)),
      self_service: false,
      notifications: { needs_mdm_migration: false, renew_enrollment_profile: false },
      config: { org_info: { org_name: "", org_logo_url: "", contact_url: "" }, mdm: { macos_migration: { mode: "" } } },
      alternative_browser_host: "",
    });
    scope.get("/api/latest/fleet/device/:token/desktop", (request: WithToken) => desktop(request));
    // "My device" in fleetd's menu, whichever part of its page it means, and what it calls transparency: the owner's page tells
    // what is collected. Its token stays good: it is not shown elsewhere.
    const openPage = async (request: WithToken, reply: FastifyReply) => {
      const { url } = await makeOwnerLink(await deviceOf(request));
      return reply.headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" }).redirect(url, 303);
    };
    scope.get("/api/latest/fleet/device/:token/transparency", openPage);
    scope.get("/device/:token", openPage);
    scope.get("/device/:token/*", openPage);
  });
}
