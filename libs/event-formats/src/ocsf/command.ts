import type { AppToken } from "@muster/contracts/gen/muster/command/v1/app_license";
import type { Campaign } from "@muster/contracts/gen/muster/command/v1/campaign";
import type { Command } from "@muster/contracts/gen/muster/command/v1/command";
import type { ToldEvent } from "../told-event.ts";
import {
  ApplicationError,
  DeviceInventoryInfo,
  EntityManagement,
  type OcsfType,
  RemediationActivity,
} from "./classes.ts";
import type { MappingsOf, Telling } from "./mapping.ts";
import { deviceEntity, userOf } from "./objects.ts";

interface Told {
  readonly command?: Command | undefined;
}

const KINDS = [EntityManagement.Other, RemediationActivity.Restore] as const;

/** OCSF has no class for what an administrator asks a device to do; what a policy asks for is a remediation. */
const mapping = (status?: string) =>
  ({
    kinds: KINDS,
    mapped: ["command.deviceId", "command.createdBy"],
    tell: ({ command }: Told, event: ToldEvent): Telling => {
      const createdBy = command?.createdBy ?? "";
      const reason = command?.result?.reason ?? "";
      const common = {
        ...(createdBy !== "" && { actor: { user: userOf(createdBy) } }),
        ...(status !== undefined && { status_id: 99, status }),
        ...(reason !== "" && { status_detail: reason }),
      };
      if (createdBy.startsWith("policy:")) {
        const attributes = { ...common, command_uid: command?.id ?? "", ...policyAskedBy(createdBy) };
        return { kind: RemediationActivity.Restore, attributes };
      }
      const asked = command?.reason ?? "";
      return {
        kind: EntityManagement.Other,
        attributes: { ...common, entity: deviceEntity(event), ...(asked !== "" && { comment: asked }) },
      };
    },
  }) as const;

const tokenEntity = (token: AppToken | undefined) => ({
  type_id: 99,
  type: "App token",
  uid: token?.id ?? "",
  name: token?.location ?? "",
});

const policyAskedBy = (createdBy: string) => ({ policy: { uid: createdBy.slice("policy:".length) } });

const campaign = (kind: OcsfType) =>
  ({
    kinds: [kind],
    mapped: ["campaign.id", "campaign.name", "campaign.createdBy", "campaign.reason", "campaign.haltReason"],
    tell: ({ campaign: told }: { readonly campaign?: Campaign | undefined }): Telling => {
      const { createdBy = "", haltReason = "", id = "", name = "", reason = "" } = told ?? {};
      return {
        kind,
        attributes: {
          entity: { type_id: 99, type: "Campaign", uid: id, name },
          ...(createdBy !== "" && { actor: { user: userOf(createdBy) } }),
          ...(reason !== "" && { comment: reason }),
          ...(haltReason !== "" && { status_detail: haltReason }),
        },
      };
    },
  }) as const;

const certificateEntity = ({ certificateId, topic }: { readonly certificateId: string; readonly topic: string }) => ({
  type_id: 99,
  type: "Push certificate",
  uid: certificateId,
  name: topic,
});

export const command: MappingsOf<"command"> = {
  "muster.command.v1.CampaignProposed": campaign(EntityManagement.Create),
  "muster.command.v1.CampaignStarted": campaign(EntityManagement.Update),
  "muster.command.v1.CampaignAdvanced": campaign(EntityManagement.Update),
  "muster.command.v1.CampaignHalted": campaign(EntityManagement.Update),
  "muster.command.v1.CampaignFinished": campaign(EntityManagement.Update),
  "muster.command.v1.RefetchAccepted": {
    kinds: [EntityManagement.Other],
    mapped: ["deviceId"],
    tell: (_, event) => ({
      kind: EntityManagement.Other,
      attributes: { entity: deviceEntity(event), status_id: 99, status: "Refetch accepted" },
    }),
  },
  "muster.command.v1.ProfileChangeAcknowledged": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.command.v1.AppleAnswered": {
    kinds: [DeviceInventoryInfo.Collect],
    mapped: ["deviceId"],
    tell: () => ({ kind: DeviceInventoryInfo.Collect, attributes: {} }),
  },
  "muster.command.v1.DeviceReleased": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.command.v1.AppleDeviceDescribed": {
    kinds: [DeviceInventoryInfo.Collect],
    mapped: ["deviceId"],
    tell: () => ({ kind: DeviceInventoryInfo.Collect, attributes: {} }),
  },
  "muster.command.v1.PushCertificateChanged": {
    kinds: [EntityManagement.Update],
    mapped: ["certificateId", "topic"],
    tell: (data) => ({ kind: EntityManagement.Update, attributes: { entity: certificateEntity(data) } }),
  },
  "muster.command.v1.PushCertificateExpiring": {
    kinds: [EntityManagement.Other],
    mapped: ["certificateId", "topic"],
    tell: (data) => ({
      kind: EntityManagement.Other,
      attributes: { entity: certificateEntity(data), status_id: 99, status: "Expiring" },
    }),
  },
  "muster.command.v1.PushTopicStopped": {
    kinds: [ApplicationError["General Error"]],
    mapped: ["reason"],
    tell: ({ reason }) => ({ kind: ApplicationError["General Error"], attributes: { status_detail: reason } }),
  },
  "muster.command.v1.EscrowProved": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.command.v1.AppTokenExpiring": {
    kinds: [EntityManagement.Other],
    mapped: ["token.id", "token.location"],
    tell: ({ token }) => ({ kind: EntityManagement.Other, attributes: { entity: tokenEntity(token) } }),
  },
  "muster.command.v1.AppTokenClaimed": {
    kinds: [EntityManagement.Other],
    mapped: ["token.id", "token.location", "token.claimedBy"],
    tell: ({ token }) => ({
      kind: EntityManagement.Other,
      attributes: { entity: tokenEntity(token), comment: token?.claimedBy ?? "" },
    }),
  },
  "muster.command.v1.AppInstallEnded": {
    kinds: [EntityManagement.Other],
    mapped: ["install.deviceId", "install.status"],
    tell: ({ install }, event) => ({
      kind: EntityManagement.Other,
      attributes: { entity: deviceEntity(event), status_detail: install?.status ?? "" },
    }),
  },
  "muster.command.v1.CommandQueued": mapping("Queued"),
  "muster.command.v1.CommandDelivered": mapping("Delivered"),
  "muster.command.v1.CommandAcknowledged": mapping(),
  "muster.command.v1.CommandFailed": mapping(),
  "muster.command.v1.CommandExpired": mapping(),
  "muster.command.v1.CommandCancelled": mapping("Cancelled"),
};
