import type { AutomatedEnrollmentMinimum } from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import { PLATFORM, platformFrom } from "../contract/enrollment-message.ts";
import type { MinimumSystem } from "../domain/automated/update-gate.ts";

export const minimumMessages = (minimums: readonly MinimumSystem[]): AutomatedEnrollmentMinimum[] =>
  minimums.map(({ buildVersion, osVersion, platform }) => ({ platform: PLATFORM[platform], osVersion, buildVersion }));

export const minimumsFrom = (messages: readonly AutomatedEnrollmentMinimum[]): MinimumSystem[] =>
  messages.map(({ buildVersion, osVersion, platform }) => ({
    platform: platformFrom(platform),
    osVersion,
    buildVersion,
  }));
