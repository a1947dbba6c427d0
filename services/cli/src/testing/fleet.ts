import { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import {
  type DeviceServiceServer,
  DeviceServiceService,
  type ListDevicesRequest,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import {
  type LiveQuery,
  type LiveQueryServiceServer,
  LiveQueryServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import {
  type ActivityServiceServer,
  ActivityServiceService,
  type StreamEventsRequest,
} from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { refusals } from "@muster/host/refusal";
import type { Caller } from "@muster/rpc/caller";
import { GrpcServer, type Methods } from "@muster/rpc/server";
import { TEST_SERVICE_TOKEN } from "@muster/testkit/gateway-process";
import { type Orders, offerCommands } from "./commands.ts";
import { type KeptThings, offerKeptThings, only } from "./kept-things.ts";

const refuse = refusals({ "inventory.device_unknown": "not_found", "inventory.device_unenrolled": "conflict" });

const DEVICES = ["ada", "grace"].map((name, index) =>
  Device.fromPartial({
    id: `0199a3f0-0000-7000-8000-00000000000${index}`,
    displayName: name,
    hostname: `${name}-laptop`,
    platform: "PLATFORM_LINUX",
    online: true,
  }),
);

export interface Fleet {
  readonly address: string;
  readonly stopped: string[];
  /** How events were asked for. */
  readonly streams: StreamEventsRequest[];
  /** How devices were listed. */
  readonly listed: ListDevicesRequest[];
  readonly orders: Orders;
  /** What documents bring about. */
  readonly things: KeptThings;
  stop(): Promise<void>;
}

/** Services for the gateway under test: ada answers questions and runs scripts, grace is silent and does nothing. */
export async function startFleet(): Promise<Fleet> {
  const log = createLogger("fleet", "silent");
  const lifecycle = new Lifecycle(log);
  const stopped: string[] = [];
  const streams: StreamEventsRequest[] = [];
  const listed: ListDevicesRequest[] = [];
  const queries = new Map<string, LiveQuery>();

  const devices = {
    listDevices: async (request) => {
      listed.push(request);
      const isOf = ({ platform }: Device) => [platform, "PLATFORM_UNSPECIFIED"].includes(request.platform);
      return { devices: DEVICES.filter(isOf), nextPageToken: "" };
    },
    getDevice: async ({ deviceId }) => {
      const device = DEVICES.find(({ id, hostname }) => id === deviceId || hostname === deviceId);
      if (device === undefined) throw refuse("inventory.device_unknown", `there is no device ${deviceId}`);
      return { device };
    },
    refetch: async ({ deviceId }) => {
      if (deviceId !== DEVICES[0]?.id) throw refuse("inventory.device_unenrolled", "it is not managed");
      return {};
    },
  } as Partial<Methods<DeviceServiceServer>>;

  const questions = {
    startLiveQuery: async ({ sql, selection }) => {
      const targets = selection?.deviceIds.length || DEVICES.length;
      const liveQuery: LiveQuery = {
        id: `query-${queries.size}`,
        sql,
        selection,
        state: "running",
        targets,
        answered: 0,
        failed: 0,
        createdBy: "",
        createdAt: undefined,
        expiresAt: undefined,
        endedAt: undefined,
      };
      queries.set(liveQuery.id, liveQuery);
      return { liveQuery };
    },
    streamAnswers: async function* ({ id }: { id: string }, _caller: Caller, signal: AbortSignal) {
      const liveQuery = queries.get(id);
      if (liveQuery === undefined) return;
      yield { item: { $case: "liveQuery" as const, value: liveQuery } };
      const [ada] = DEVICES;
      const rows = [{ columns: { name: "bash", version: liveQuery.sql } }];
      const answer = {
        deviceId: ada?.id ?? "",
        displayName: "ada",
        rows,
        error: "",
        answeredAt: undefined,
        truncated: false,
      };
      yield { item: { $case: "answer" as const, value: answer } };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    stopLiveQuery: async ({ id }) => {
      stopped.push(id);
      return { liveQuery: queries.get(id) };
    },
  } as Partial<Methods<LiveQueryServiceServer>>;

  const activity = {
    streamEvents: async function* (request: StreamEventsRequest) {
      const { afterPosition, format } = request;
      streams.push(request);
      const position = String(Number(afterPosition) + 1);
      const type = "muster.inventory.v1.DeviceFactsChanged";
      yield {
        activity: {
          id: position,
          type,
          source: "",
          deviceId: "",
          actor: "",
          time: new Date(0),
          data: {},
          traceId: "",
          position,
        },
        text: format === "EVENT_FORMAT_OCSF" ? `{"class_uid":${position}}` : "",
      };
      // The connection breaks after each event.
    },
  } as Partial<Methods<ActivityServiceServer>>;

  const server = new GrpcServer({ port: 0, serviceToken: TEST_SERVICE_TOKEN, log, lifecycle });
  server.offer(only(DeviceServiceService, devices), devices as Methods<DeviceServiceServer>);
  server.offer(only(LiveQueryServiceService, questions), questions as Methods<LiveQueryServiceServer>);
  server.offer(only(ActivityServiceService, activity), activity as Methods<ActivityServiceServer>);
  const things = offerKeptThings(server);
  const orders = offerCommands(server, DEVICES[1]?.id);
  const port = await server.open();
  return { address: `127.0.0.1:${port}`, orders, listed, stopped, streams, things, stop: () => lifecycle.stop() };
}
