import { Campaign } from "@muster/contracts/gen/muster/command/v1/campaign";
import {
  type CampaignServiceServer,
  CampaignServiceService,
} from "@muster/contracts/gen/muster/command/v1/campaign_service";
import { Method, Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type Device, Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import type { DeviceServiceServer, ListDevicesRequest } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { DeviceServiceService } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { type LabelServiceServer, LabelServiceService } from "@muster/contracts/gen/muster/inventory/v1/label_service";
import {
  type OsqueryServiceServer,
  OsqueryServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import {
  type ActivityServiceServer,
  ActivityServiceService,
  type StreamEventsRequest,
} from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { refusals } from "@muster/host/refusal";
import { expectRevision } from "@muster/host/revision";
import type { Caller } from "@muster/rpc/caller";
import { GrpcServer, type Methods } from "@muster/rpc/server";
import { TEST_SERVICE_TOKEN } from "@muster/testkit/gateway-process";

const refuse = refusals({ "inventory.device_unknown": "not_found", "carve.unknown": "not_found" });

export interface Fleet {
  readonly address: string;
  readonly listed: { readonly request: ListDevicesRequest; readonly caller: Caller }[];
  readonly refetched: string[];
  /** Under which request keys. */
  readonly requestKeys: (string | undefined)[];
  /** The names of campaigns that were asked for. */
  readonly campaigns: string[];
  /** Lets refetches and new campaigns wait until the returned function is called. */
  hold(): () => void;
  readonly listened: StreamEventsRequest[];
  /** How many event streams are open. */
  listeners(): number;
  /** How many pieces of a carve were handed out. */
  piecesSent(): number;
  stop(): Promise<void>;
}

/** How large the test's carve is; far more than any buffer in between holds. */
export const PIECES = 400;
export const PIECE_BYTES = 256 * 1024;

/** A real gRPC server that answers what the tests ask of the services behind the gateway. */
export async function startFleet(): Promise<Fleet> {
  const log = createLogger("fleet", "silent");
  const lifecycle = new Lifecycle(log);
  const listed: Fleet["listed"] = [];
  const refetched: string[] = [];
  const requestKeys: (string | undefined)[] = [];
  const campaigns: string[] = [];
  const listened: StreamEventsRequest[] = [];
  let held = Promise.withResolvers<void>();
  held.resolve();
  const counts = { listeners: 0, pieces: 0 };
  const device = {
    listDevices: async (request, caller) => {
      listed.push({ request, caller });
      return { devices: [LAPTOP], nextPageToken: "" };
    },
    getDevice: async ({ deviceId }) => {
      if (deviceId !== LAPTOP.id) throw refuse("inventory.device_unknown", `there is no device ${deviceId}`);
      return { device: LAPTOP };
    },
    refetch: async ({ deviceId }, { requestKey }) => {
      refetched.push(deviceId);
      requestKeys.push(requestKey);
      await held.promise;
      return {};
    },
  } as Partial<Methods<DeviceServiceServer>>;
  const activity = {
    streamEvents: async function* (request: StreamEventsRequest, _caller: Caller, signal: AbortSignal) {
      listened.push(request);
      counts.listeners++;
      try {
        const isCef = request.format === "EVENT_FORMAT_CEF";
        for (let position = Number(request.afterPosition) + 1; position <= 3; position++)
          yield { ...eventAt(position), text: isCef ? `CEF:0|${position}` : "" };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } finally {
        counts.listeners--;
      }
    },
  } as Partial<Methods<ActivityServiceServer>>;
  const osquery = {
    readCarve: async function* ({ id }: { id: string }) {
      if (id !== "whole") throw refuse("carve.unknown", `there is no carve ${id}`);
      for (let piece = 0; piece < PIECES; piece++) {
        counts.pieces++;
        yield { content: Buffer.alloc(PIECE_BYTES, piece % 251) };
      }
    },
  } as Partial<Methods<OsqueryServiceServer>>;
  const policies = policyAtRevision3();
  const labels = { listLabels: async () => ({ labels: [LABEL] }) } as Partial<Methods<LabelServiceServer>>;
  const campaign = {
    ...campaignThatEnds(),
    createCampaign: async ({ name }) => {
      campaigns.push(name);
      await held.promise;
      return { campaign: Campaign.fromPartial({ id: CAMPAIGN_ID, name }) };
    },
  } as Partial<Methods<CampaignServiceServer>>;
  const server = new GrpcServer({ port: 0, serviceToken: TEST_SERVICE_TOKEN, log, lifecycle });
  server.offer(only(DeviceServiceService, device), device as Methods<DeviceServiceServer>);
  server.offer(only(ActivityServiceService, activity), activity as Methods<ActivityServiceServer>);
  server.offer(only(LabelServiceService, labels), labels as Methods<LabelServiceServer>);
  server.offer(only(OsqueryServiceService, osquery), osquery as Methods<OsqueryServiceServer>);
  server.offer(only(PolicyServiceService, policies), policies as Methods<PolicyServiceServer>);
  server.offer(only(CampaignServiceService, campaign), campaign as Methods<CampaignServiceServer>);
  const port = await server.open();
  return {
    address: `127.0.0.1:${port}`,
    listed,
    refetched,
    requestKeys,
    campaigns,
    hold: () => {
      held = Promise.withResolvers();
      return held.resolve;
    },
    listened,
    listeners: () => counts.listeners,
    piecesSent: () => counts.pieces,
    stop: () => lifecycle.stop(),
  };
}

/** The one campaign there is: each look at it finds one more device through, of two. */
function campaignThatEnds(): Partial<Methods<CampaignServiceServer>> {
  let acknowledged = 0;
  const state = () => (acknowledged < 2 ? "CAMPAIGN_STATE_RUNNING" : "CAMPAIGN_STATE_COMPLETED");
  const campaign = () =>
    Campaign.fromPartial({
      id: CAMPAIGN_ID,
      name: "Restart",
      state: state(),
      deviceCount: 2,
      counts: { acknowledged },
    });
  return {
    getCampaign: async () => {
      const answer = { campaign: campaign() };
      acknowledged++;
      return answer;
    },
    listCampaigns: async () => ({ campaigns: [campaign()], nextPageToken: "" }),
  };
}

export const CAMPAIGN_ID = "0199a3f0-0000-7000-8000-0000000000c1";

/** The one policy there is; how many devices pass it changes by itself. */
function policyAtRevision3(): Partial<Methods<PolicyServiceServer>> {
  let held = Policy.fromPartial({ id: POLICY_ID, name: "Disk", revision: 3, passCount: 7 });
  return {
    getPolicy: async () => ({ policy: held }),
    updatePolicy: async ({ policy, expectedRevisions }) => {
      expectRevision(held, expectedRevisions);
      held = { ...held, ...policy, id: POLICY_ID, revision: held.revision + 1, passCount: 0 };
      return { policy: held };
    },
    deletePolicy: async ({ expectedRevisions }) => {
      expectRevision(held, expectedRevisions);
      held = { ...held, passCount: held.passCount + 1 };
      return {};
    },
  };
}

export const POLICY_ID = "0199a3f0-0000-7000-8000-0000000000a1";

/** The part of a service that the test answers; the rest is unimplemented, as gRPC says it. */
export const only = <S extends object>(definition: S, methods: object): S =>
  Object.fromEntries(Object.entries(definition).filter(([name]) => name in methods)) as S;

const eventAt = (position: number) => ({
  activity: {
    id: `event-${position}`,
    type: "muster.inventory.v1.DeviceFactsChanged",
    source: "/muster/inventory",
    deviceId: LAPTOP.id,
    actor: "",
    time: new Date("2026-01-31T09:30:00Z"),
    data: { position },
    traceId: "",
    position: String(position),
  },
});

export const LABEL = Label.fromPartial({ id: "0199a3f0-0000-7000-8000-0000000000aa", name: "berlin" });

export const LAPTOP: Device = {
  id: "0199a3f0-0000-7000-8000-000000000001",
  displayName: "Ada's laptop",
  hostname: "ada-laptop",
  platform: Platform.PLATFORM_LINUX,
  ownership: Ownership.OWNERSHIP_CORPORATE,
  method: Method.METHOD_OSQUERY,
  osName: "Ubuntu",
  osVersion: "24.04",
  agentVersion: "5.19.0",
  hardwareVendor: "Framework",
  hardwareModel: "13",
  hardwareSerial: "FRA-1815",
  hardwareUuid: "4c4c4544-0000-2010-8020-b2c04f595931",
  primaryAddress: "10.0.0.15",
  enrolledAt: new Date("2026-01-30T08:00:00Z"),
  lastSeenAt: new Date("2026-01-31T09:30:00Z"),
  factsAt: undefined,
  online: true,
  labelIds: [],
  version: 7,
  unenrolled: false,
  duplicateOf: "",
};
