import { EventEmitter } from "node:events";
import { Campaign } from "@muster/contracts/gen/muster/command/v1/campaign";
import {
  type CampaignServiceServer,
  CampaignServiceService,
  type CreateCampaignRequest,
} from "@muster/contracts/gen/muster/command/v1/campaign_service";
import { Command } from "@muster/contracts/gen/muster/command/v1/command";
import {
  type CommandServiceServer,
  CommandServiceService,
  type EnqueueCommandsRequest,
} from "@muster/contracts/gen/muster/command/v1/command_service";
import { refusals } from "@muster/host/refusal";
import type { GrpcServer, Methods } from "@muster/rpc/server";
import { only } from "./kept-things.ts";

const refuse = refusals({ "command.needs_campaign": "conflict" });

/** What devices were asked. */
export interface Orders {
  readonly commands: EnqueueCommandsRequest[];
  readonly campaigns: CreateCampaignRequest[];
  /** Tells of each "order" and "watch". */
  readonly heard: EventEmitter;
}

/** Commands that all devices but the unmanaged carry out at once; only to say where it is a device never comes to. */
export function offerCommands(server: GrpcServer, unmanaged: string | undefined): Orders {
  const orders: Orders = { commands: [], campaigns: [], heard: new EventEmitter() };
  const made = new Map<string, Command>();

  const commands = {
    enqueueCommands: async (request) => {
      if (request.type === "COMMAND_TYPE_WIPE" && request.deviceIds.length > 1)
        throw refuse("command.needs_campaign", "wipe for more than 1 devices needs a second person");
      orders.commands.push(request);
      orders.heard.emit("order");
      const mayBe = request.deviceIds.filter((deviceId) => deviceId !== unmanaged);
      const queued = mayBe.map((deviceId) => {
        const { type, runScript } = request;
        const command = Command.fromPartial({
          id: `command-${made.size}`,
          deviceId,
          type,
          state: "COMMAND_STATE_QUEUED",
          runScript,
          version: 1,
        });
        made.set(command.id, command);
        return command;
      });
      const refused = request.deviceIds
        .filter((deviceId) => deviceId === unmanaged)
        .map((deviceId) => ({ deviceId, code: "command.device_unenrolled", message: "it is not managed" }));
      return { commands: queued, commandCount: queued.length, refusals: refused };
    },
    watchCommand: async function* ({ id }: { id: string }, _caller: unknown, signal: AbortSignal) {
      const command = made.get(id);
      if (command === undefined) return;
      yield { command };
      orders.heard.emit("watch");
      if (command.type === "COMMAND_TYPE_LOCATE") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return;
      }
      const isScript = command.type === "COMMAND_TYPE_RUN_SCRIPT";
      yield {
        command: Command.fromPartial({
          ...command,
          state: command.type === "COMMAND_TYPE_SHUTDOWN" ? "COMMAND_STATE_FAILED" : "COMMAND_STATE_ACKNOWLEDGED",
          endedAt: new Date(0),
          result: isScript
            ? { exitCode: 7, output: `ran: ${command.runScript?.content}` }
            : { reason: command.type === "COMMAND_TYPE_SHUTDOWN" ? "not_now" : "" },
        }),
      };
    },
  } as Partial<Methods<CommandServiceServer>>;

  const campaigns = {
    createCampaign: async (request) => {
      orders.campaigns.push(request);
      const campaign = Campaign.fromPartial({
        id: "campaign-0",
        name: request.name,
        type: request.type,
        state: "CAMPAIGN_STATE_AWAITING_APPROVAL",
      });
      return { campaign };
    },
  } as Partial<Methods<CampaignServiceServer>>;

  server.offer(only(CommandServiceService, commands), commands as Methods<CommandServiceServer>);
  server.offer(only(CampaignServiceService, campaigns), campaigns as Methods<CampaignServiceServer>);
  return orders;
}
