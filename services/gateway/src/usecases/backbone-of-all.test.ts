import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackboneServiceServer } from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { ParkedEvent, ParkedEventState } from "@muster/contracts/gen/muster/backbone/v1/parked_event";
import { createLogger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { parkedPage, placeIn } from "@muster/postgres/parked/parked-page";
import type { ClientOf } from "@muster/rpc/client";
import type { Principal } from "../domain/principal.ts";
import { backboneOfAll } from "./backbone-of-all.ts";

type Client = ClientOf<BackboneServiceServer>;

const ADMIN: Principal = {
  tenant: "default",
  actor: "ada",
  role: "admin",
  actions: [],
  bounds: [],
  id: "1",
  ownerId: "",
  credential: "token-1",
  proof: "token",
};
const ANY = { service: "", consumer: "", deviceId: "", state: ParkedEventState.PARKED_EVENT_STATE_UNSPECIFIED };

const away = async (): Promise<never> => {
  throw new Refusal("rpc.unavailable", "unavailable", "cannot be reached");
};
const AWAY: Client = {
  listParkedEvents: away,
  getParkedEvent: away,
  retryParkedEvent: away,
  dropParkedEvent: away,
  retryParkedEvents: away,
  dropParkedEvents: away,
  getBackbone: away,
};

/** A service that holds one event for each of these times. */
function holding(service: string, times: readonly number[]): Client {
  const events = times
    .map((time) =>
      ParkedEvent.fromPartial({ consumer: `${service}-enrollment`, eventId: String(time), parkedAt: new Date(time) }),
    )
    .toReversed();
  return {
    ...AWAY,
    listParkedEvents: async ({ pageSize, pageToken }) => {
      const after = placeIn(pageToken)?.parkedAt.getTime() ?? Number.POSITIVE_INFINITY;
      const rest = events.filter(({ parkedAt }) => (parkedAt?.getTime() ?? 0) < after);
      return { ...parkedPage(rest.slice(0, pageSize + 1), pageSize), unanswered: [] };
    },
    retryParkedEvents: async () => ({ devices: times.length, unanswered: [] }),
  };
}

const log = createLogger("test", "silent");

describe("asking all services about their parked events", () => {
  it("gives one list, newest first, whose pages hold each event once", async () => {
    const all = backboneOfAll(
      { policy: holding("policy", [1, 4, 5, 8, 9]), command: holding("command", [2, 3, 6, 7]) },
      log,
    );
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await all.listParkedEvents({ ...ANY, pageSize: 2, pageToken }, ADMIN);
      assert.ok(page.parkedEvents.length > 0);
      seen.push(...page.parkedEvents.map(({ eventId }) => eventId));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    assert.deepEqual(seen, ["9", "8", "7", "6", "5", "4", "3", "2", "1"]);
  });

  it("names the services that do not answer, and gives what the others hold", async () => {
    const all = backboneOfAll({ policy: holding("policy", [1]), command: AWAY, inventory: AWAY }, log);
    const { parkedEvents, unanswered } = await all.listParkedEvents({ ...ANY, pageSize: 5, pageToken: "" }, ADMIN);
    assert.deepEqual([parkedEvents.length, unanswered], [1, ["command", "inventory"]]);
    assert.deepEqual((await all.getBackbone({}, ADMIN)).unanswered, ["command", "inventory", "policy"]);
    assert.deepEqual(await all.retryParkedEvents({ consumer: "", deviceId: "d" }, ADMIN), {
      devices: 1,
      unanswered: ["command", "inventory"],
    });
  });

  it("passes a refusal on, and asks only the service that is meant", async () => {
    const all = backboneOfAll({ policy: holding("policy", [1]), command: AWAY }, log);
    const bad = { ...ANY, pageSize: 1, pageToken: "nonsense" };
    await assert.rejects(all.listParkedEvents(bad, ADMIN), { code: "page.bad_token" });
    const some = await all.listParkedEvents(
      { ...ANY, consumer: "policy-enrollment", pageSize: 1, pageToken: "" },
      ADMIN,
    );
    assert.deepEqual(some.unanswered, []);
    await assert.rejects(all.listParkedEvents({ ...ANY, service: "kitchen", pageSize: 1, pageToken: "" }, ADMIN), {
      code: "parked.unknown_service",
    });
    await assert.rejects(all.getParkedEvent({ id: "kitchen-policy:1" }, ADMIN), { code: "parked.unknown" });
  });

  it("shows the state of the platform to the first tenant alone", async () => {
    const all = backboneOfAll({ policy: AWAY }, log);
    await assert.rejects(all.getBackbone({}, { ...ADMIN, tenant: "acme" }), { code: "identity.not_first_tenant" });
  });
});
