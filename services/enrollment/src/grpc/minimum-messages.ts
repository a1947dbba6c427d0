import type { AutomatedEnrollmentMinimum } from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import { PLATFORM, platformFrom } from "../contract/enrollment-message.ts";
import type { MinimumSystem } from "../domain/automated/update-gate.ts";

export const minimumMessages = (minimums: readonly MinimumSystem[]): AutomatedEnrollmentMinimum[] =>
  minimums.map(({ beta, buildVersion, osVersion, platform }) => ({
    platform: PLATFORM[platform],
    osVersion,
    buildVersion,
    beta: beta && { ...beta },
  }));

export const minimumsFrom = (messages: readonly AutomatedEnrollmentMinimum[]): MinimumSystem[] =>
  messages.map(({ beta, buildVersion, osVersion, platform }) => ({
    platform: platformFrom(platform),
    osVersion,
    buildVersion,
    ...(beta !== undefined && { beta: { title: beta.title, token: beta.token } }),
  }));
