import type { BackboneServiceServer } from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { refusals } from "@muster/host/refusal";
import type { Methods } from "@muster/rpc/server";
import { pageSize } from "../page.ts";
import type { ServiceDatabase } from "../service-database.ts";
import { consumerHealth } from "./consumer-health.ts";
import { dropParked, dropQueues, retryParked, retryQueues, type Which } from "./parked-acts.ts";
import { partsOfParkedId } from "./parked-id.ts";
import { findParked, listParked } from "./parked-lists.ts";
import { parkedPage, placeIn } from "./parked-page.ts";

const refuse = refusals({ "parked.unknown": "not_found", "parked.too_much": "invalid" });

const unknown = (id: string) =>
  refuse("parked.unknown", `there is no parked event ${id}; it may have taken effect meanwhile`);

function meant({ consumer, deviceId }: Which): Which {
  if (consumer !== "" || deviceId !== "") return { consumer, deviceId };
  throw refuse("parked.too_much", "name a consumer or a device");
}

/** What every service tells of its own consumers. All but the counts of GetBackbone is the caller's tenant's alone. */
export const backboneMethods = <DB>(
  database: ServiceDatabase<DB>,
  service: string,
): Methods<BackboneServiceServer> => ({
  async listParkedEvents({ consumer, deviceId, state, pageSize: asked, pageToken }, { tenant }) {
    const size = pageSize(asked);
    const filter = { consumer, deviceId, state, after: placeIn(pageToken), limit: size + 1 };
    const events = await database.tenant(tenant, (work) => listParked(work, service, filter));
    return { ...parkedPage(events, size), unanswered: [] };
  },

  async getParkedEvent({ id }, { tenant }) {
    const { consumer, eventId } = partsOfParkedId(id);
    const parkedEvent = await database.tenant(tenant, (work) => findParked(work, service, consumer, eventId));
    if (parkedEvent === undefined) throw unknown(id);
    return { parkedEvent };
  },

  async retryParkedEvent({ id }, { tenant }) {
    const { consumer, eventId } = partsOfParkedId(id);
    if (!(await database.tenant(tenant, (work) => retryParked(work, consumer, eventId)))) throw unknown(id);
    return {};
  },

  async dropParkedEvent({ id }, { tenant, actor }) {
    const { consumer, eventId } = partsOfParkedId(id);
    if (!(await database.tenant(tenant, (work) => dropParked(work, consumer, eventId, actor)))) throw unknown(id);
    return {};
  },

  async retryParkedEvents(which, { tenant }) {
    return { devices: await database.tenant(tenant, (work) => retryQueues(work, meant(which))), unanswered: [] };
  },

  async dropParkedEvents(which, { tenant, actor }) {
    return { events: await database.tenant(tenant, (work) => dropQueues(work, meant(which), actor)), unanswered: [] };
  },

  async getBackbone() {
    return { consumers: await database.system((work) => consumerHealth(work, service)), unanswered: [] };
  },
});
