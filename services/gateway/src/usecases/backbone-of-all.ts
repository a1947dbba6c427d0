import type {
  BackboneServiceServer,
  ListParkedEventsRequest,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import type { Logger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { pageSize } from "@muster/postgres/page";
import { listenerOf, partsOfParkedId } from "@muster/postgres/parked/parked-id";
import { inListOrder, placeToken } from "@muster/postgres/parked/parked-page";
import type { CallOptions, ClientOf } from "@muster/rpc/client";
import { FIRST_TENANT } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { callerOf } from "./caller-of.ts";
import type { OwnMethods } from "./own-methods.ts";

type Client = ClientOf<BackboneServiceServer>;

/** BackboneService as the gateway answers it: for all services together. */
export type BackboneOfAll = OwnMethods<BackboneServiceServer>;

/** Whoever has not answered by then is named as not answering. */
const PATIENCE = { timeoutMs: 3_000 };

/** Asks all services at once; one that does not answer is named in the answer, and does not fail it. */
export function backboneOfAll(services: Readonly<Record<string, Client>>, log: Logger): BackboneOfAll {
  const names = Object.keys(services).sort();

  const askAll = async <R>(
    asked: readonly string[],
    ask: (client: Client, options: CallOptions) => Promise<R>,
  ): Promise<{ answers: R[]; unanswered: string[] }> => {
    const answers: R[] = [];
    const unanswered: string[] = [];
    await Promise.all(
      Object.entries(services).map(async ([name, client]) => {
        if (!asked.includes(name)) return;
        try {
          answers.push(await ask(client, PATIENCE));
        } catch (error) {
          if (error instanceof Refusal && error.code !== "rpc.unavailable") throw error;
          const reason = error instanceof Error ? error.message : String(error);
          log.warn({ asked: name, reason }, "a service did not answer about its events");
          unanswered.push(name);
        }
      }),
    );
    return { answers, unanswered: unanswered.sort() };
  };
  const oneOf = (id: string): Client => {
    const client = services[listenerOf(partsOfParkedId(id).consumer)];
    if (client === undefined) throw refuse("parked.unknown", `there is no parked event ${id}`);
    return client;
  };
  const serviceOf = ({ service, consumer }: Pick<ListParkedEventsRequest, "service" | "consumer">) =>
    consumer === "" ? service : listenerOf(consumer);
  const which = (named: string): string[] => {
    if (named === "") return names;
    if (!names.includes(named)) {
      throw refuse("parked.unknown_service", `there is no service "${named}"; there are ${names.join(", ")}`);
    }
    return [named];
  };

  return {
    listParkedEvents: async (request, principal) => {
      const { answers, unanswered } = await askAll(which(serviceOf(request)), (client, options) =>
        client.listParkedEvents(request, callerOf(principal), options),
      );
      const events = answers.flatMap(({ parkedEvents }) => parkedEvents).sort(inListOrder);
      const page = events.slice(0, pageSize(request.pageSize));
      const last = page.at(-1);
      const isLast = page.length === events.length && answers.every(({ nextPageToken }) => nextPageToken === "");
      return { parkedEvents: page, nextPageToken: isLast || last === undefined ? "" : placeToken(last), unanswered };
    },
    getParkedEvent: async (request, principal) => oneOf(request.id).getParkedEvent(request, callerOf(principal)),
    retryParkedEvent: async (request, principal) => oneOf(request.id).retryParkedEvent(request, callerOf(principal)),
    dropParkedEvent: async (request, principal) => oneOf(request.id).dropParkedEvent(request, callerOf(principal)),
    retryParkedEvents: async (request, principal) => {
      const { answers, unanswered } = await askAll(which(listenerOf(request.consumer)), (client, options) =>
        client.retryParkedEvents(request, callerOf(principal), options),
      );
      return { devices: answers.reduce((sum, { devices }) => sum + devices, 0), unanswered };
    },
    dropParkedEvents: async (request, principal) => {
      const { answers, unanswered } = await askAll(which(listenerOf(request.consumer)), (client, options) =>
        client.dropParkedEvents(request, callerOf(principal), options),
      );
      return { events: answers.reduce((sum, { events }) => sum + events, 0), unanswered };
    },
    getBackbone: async (request, principal) => {
      if (principal.tenant !== FIRST_TENANT) {
        throw refuse("identity.not_first_tenant", `only the tenant "${FIRST_TENANT}" sees how the platform is`);
      }
      const { answers, unanswered } = await askAll(names, (client, options) =>
        client.getBackbone(request, callerOf(principal), options),
      );
      const consumers = answers.flatMap((answer) => answer.consumers);
      return { consumers: consumers.sort((one, other) => (one.consumer < other.consumer ? -1 : 1)), unanswered };
    },
  };
}
