import type { Campaign } from "@muster/contracts/gen/muster/command/v1/campaign";
import type { Command } from "@muster/contracts/gen/muster/command/v1/command";
import type { ToldEvent } from "../told-event.ts";
import type { Gist, GistsOf } from "./gist.ts";
import { because, deviceName, enumWords } from "./words.ts";

interface Told {
  readonly command?: Command | undefined;
}

const about =
  (verb: string, severity: Gist["severity"], outcome: Gist["outcome"]) =>
  ({ command }: Told, event: ToldEvent): Gist => {
    const what = enumWords(command?.type ?? "COMMAND_TYPE_UNSPECIFIED", "COMMAND_TYPE_");
    return {
      message: `${what} ${verb} ${deviceName(event)}${because(command?.result?.reason ?? "")}`,
      severity,
      outcome,
    };
  };

/** What happens to many devices at once is read by whoever answers for them. */
const campaign =
  (said: (campaign: Campaign) => string, severity: Gist["severity"], outcome: Gist["outcome"]) =>
  ({ campaign: told }: { readonly campaign?: Campaign | undefined }): Gist => ({
    message: `the campaign ${told?.name ?? ""} ${told === undefined ? "" : said(told)}`,
    severity,
    outcome,
  });

const devices = ({ deviceCount, type }: Campaign): string =>
  `${enumWords(type, "COMMAND_TYPE_")} for ${deviceCount} devices`;

export const command: GistsOf<"command"> = {
  "muster.command.v1.CampaignProposed": campaign(
    (told) => `(${devices(told)}) waits for a second person's approval`,
    "medium",
    "unknown",
  ),
  "muster.command.v1.CampaignStarted": campaign((told) => `(${devices(told)}) began`, "informational", "unknown"),
  "muster.command.v1.CampaignAdvanced": campaign(
    ({ wave, waveSizes }) => `asked wave ${wave} of ${waveSizes.length}`,
    "informational",
    "unknown",
  ),
  "muster.command.v1.CampaignHalted": campaign(
    ({ counts, haltReason }) => `stopped by itself (${haltReason}): ${counts?.failed ?? 0} devices failed`,
    "high",
    "failure",
  ),
  "muster.command.v1.CampaignFinished": campaign(
    ({ counts, deviceCount, state }) =>
      `is ${enumWords(state, "CAMPAIGN_STATE_")}: ${counts?.acknowledged ?? 0} of ${deviceCount} devices carried it out`,
    "informational",
    "success",
  ),
  "muster.command.v1.RefetchAccepted": (_, event) => ({
    message: `${deviceName(event)} accepted a refetch and is asked everything`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.command.v1.ProfileChangeAcknowledged": (_, event) => ({
    message: `${deviceName(event)} carried out a change of its profiles`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.command.v1.AppleAnswered": ({ requestType }, event) => ({
    message: `${deviceName(event)} answered ${requestType}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.command.v1.DeviceReleased": (_, event) => ({
    message: `${deviceName(event)} was let out of Setup Assistant`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.command.v1.AppleDeviceDescribed": ({ osVersion, supervised }, event) => ({
    message: `${deviceName(event)} is ${supervised ? "supervised" : "not supervised"} and has version ${osVersion}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.command.v1.PushCertificateChanged": ({ topic }) => ({
    message: `Apple devices are woken under ${topic} from now on`,
    severity: "low",
    outcome: "success",
  }),
  "muster.command.v1.PushCertificateExpiring": ({ appleAccount, daysLeft, topic }) => ({
    message: `the push certificate of ${topic} ends in ${daysLeft} days; renew it with ${appleAccount === "" ? "the same Apple Account" : appleAccount}`,
    severity: daysLeft <= 7 ? "critical" : "high",
    outcome: "unknown",
  }),
  "muster.command.v1.PushTopicStopped": ({ reason, topic }) => ({
    message: `Apple's push service refuses the certificate of ${topic}, and no device of it is woken${because(reason)}`,
    severity: "critical",
    outcome: "failure",
  }),
  "muster.command.v1.EscrowProved": ({ kind, proof }, event) => ({
    message: `a ${enumWords(kind, "SECRET_KIND_")} of ${deviceName(event)} was ${enumWords(proof, "ESCROW_PROOF_")}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.command.v1.AppTokenExpiring": ({ daysLeft, token }) => ({
    message:
      daysLeft === 0
        ? `the app token of ${token?.location ?? ""} has expired`
        : `the app token of ${token?.location ?? ""} expires in ${daysLeft} days`,
    severity: daysLeft <= 7 ? "high" : "medium",
    outcome: "unknown",
  }),
  "muster.command.v1.AppTokenClaimed": ({ token }) => ({
    message: `${token?.claimedBy ?? ""} says that it manages the app licenses of ${token?.location ?? ""}`,
    severity: "high",
    outcome: "unknown",
  }),
  "muster.command.v1.AppInstallEnded": ({ install }, event) => {
    const managed = install?.state === "APP_INSTALL_STATE_MANAGED";
    const what = install?.identifier ?? "";
    return {
      message: managed
        ? `${what} is installed on ${deviceName(event)}`
        : `${what} was not installed on ${deviceName(event)}${because(install?.status ?? "")}`,
      severity: managed ? "informational" : "low",
      outcome: managed ? "success" : "failure",
    };
  },
  "muster.command.v1.CommandQueued": about("was queued for", "informational", "unknown"),
  "muster.command.v1.CommandDelivered": about("was fetched by", "informational", "unknown"),
  "muster.command.v1.CommandAcknowledged": about("was carried out by", "informational", "success"),
  "muster.command.v1.CommandFailed": about("failed on", "low", "failure"),
  "muster.command.v1.CommandExpired": about("was not fetched in time by", "low", "failure"),
  "muster.command.v1.CommandCancelled": about("was withdrawn from", "informational", "unknown"),
};
