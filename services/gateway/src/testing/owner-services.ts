import { Command, CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import {
  type CommandServiceServer,
  CommandServiceService,
} from "@muster/contracts/gen/muster/command/v1/command_service";
import {
  type OwnerServiceServer as CommandOwner,
  OwnerServiceService as CommandOwnerService,
} from "@muster/contracts/gen/muster/command/v1/owner_service";
import type { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import {
  type DeviceServiceServer,
  DeviceServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import {
  type OwnerServiceServer as InventoryOwner,
  OwnerServiceService as InventoryOwnerService,
} from "@muster/contracts/gen/muster/inventory/v1/owner_service";
import { DeviceVerdict, Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { refusals } from "@muster/host/refusal";
import type { Caller } from "@muster/rpc/caller";
import { GrpcServer, type Methods } from "@muster/rpc/server";
import { TEST_SERVICE_TOKEN } from "@muster/testkit/gateway-process";
import { LAPTOP, only } from "./fleet.ts";

const refuse = refusals({ "owner.bad_link": "unauthenticated", "device.unknown": "not_found" });

export interface OwnerServices {
  readonly address: string;
  /** A link of this device, which works once. */
  link(tenant: string, deviceId: string): string;
  /** Changes what is known of a device. */
  change(deviceId: string, change: Partial<Device>): void;
  /** Which devices of which tenants were asked about, and by whom. */
  readonly asked: { readonly tenant: string; readonly actor: string; readonly deviceId: string }[];
  readonly refetched: string[];
  stop(): Promise<void>;
}

/** A real gRPC server that knows one device in each of two tenants, as command, inventory and policy would. */
export async function startOwnerServices(devices: ReadonlyMap<string, string>): Promise<OwnerServices> {
  const log = createLogger("owner services", "silent");
  const lifecycle = new Lifecycle(log);
  const links = new Map<string, string>();
  const known = new Map([...devices].map(([id, tenant]) => [`${tenant}/${id}`, { ...LAPTOP, id }]));
  const asked: OwnerServices["asked"] = [];
  const refetched: string[] = [];
  const about = (deviceId: string, { actor, tenant }: Caller): Device => {
    asked.push({ tenant, actor, deviceId });
    const device = known.get(`${tenant}/${deviceId}`);
    if (device === undefined) throw refuse("device.unknown", "there is no such device");
    return device;
  };
  const at = new Date("2026-01-31T09:00:00Z");
  const inventory: Methods<InventoryOwner> = {
    describeCollection: async ({ deviceId }, caller) => ({
      device: about(deviceId, caller),
      things: [
        { says: "Its serial number", holds: false, value: "" },
        { says: "Its maker and model", holds: true, value: "Framework 13" },
      ],
      deeds: [{ says: "Copy files from it", holds: false, value: "" }],
    }),
    listAskedOfDevice: async ({ deviceId }, caller) => {
      about(deviceId, caller);
      const question = { kind: "live_query", text: "select '<b>' from users", askedBy: "ada@example.org" };
      return { asked: [{ ...question, askedAt: at, answeredAt: at }] };
    },
  };
  const rules: Methods<CommandOwner> = {
    redeemOwnerLink: async ({ token }, { tenant }) => {
      const deviceId = links.get(`${tenant}/${token}`);
      if (deviceId === undefined) throw refuse("owner.bad_link", "the link was used already");
      links.delete(`${tenant}/${token}`);
      return { deviceId };
    },
    describeCommands: async ({ deviceId }, caller) => {
      about(deviceId, caller);
      return { rules: [{ says: "Restart", allowed: false, reveals: false }] };
    },
  };
  const commands = {
    listCommands: async ({ deviceId }, caller) => {
      about(deviceId, caller);
      const command = Command.fromPartial({
        type: CommandType.COMMAND_TYPE_RUN_SCRIPT,
        state: CommandState.COMMAND_STATE_ACKNOWLEDGED,
        createdBy: "grace@example.org",
        createdAt: at,
      });
      return { commands: [command], nextPageToken: "" };
    },
  } as Partial<Methods<CommandServiceServer>>;
  const policies = {
    listDeviceVerdicts: async ({ deviceId }, caller) => {
      about(deviceId, caller);
      const failing = { policyName: "Disk is encrypted", verdict: Verdict.VERDICT_FAIL, resolution: "Turn on LUKS." };
      return { verdicts: [DeviceVerdict.fromPartial(failing)] };
    },
  } as Partial<Methods<PolicyServiceServer>>;
  const device = {
    refetch: async ({ deviceId }, caller) => {
      refetched.push(about(deviceId, caller).id);
      return {};
    },
  } as Partial<Methods<DeviceServiceServer>>;
  const server = new GrpcServer({ port: 0, serviceToken: TEST_SERVICE_TOKEN, log, lifecycle });
  server.offer<InventoryOwner>(InventoryOwnerService, inventory);
  server.offer<CommandOwner>(CommandOwnerService, rules);
  server.offer(only(CommandServiceService, commands), commands as Methods<CommandServiceServer>);
  server.offer(only(PolicyServiceService, policies), policies as Methods<PolicyServiceServer>);
  server.offer(only(DeviceServiceService, device), device as Methods<DeviceServiceServer>);
  const port = await server.open();
  return {
    address: `127.0.0.1:${port}`,
    link: (tenant, deviceId) => {
      const token = `link-${links.size}-of-${deviceId}`;
      links.set(`${tenant}/${token}`, deviceId);
      return token;
    },
    change: (deviceId, change) => {
      for (const [key, value] of known) if (key.endsWith(deviceId)) known.set(key, { ...value, ...change });
    },
    asked,
    refetched,
    stop: () => lifecycle.stop(),
  };
}
