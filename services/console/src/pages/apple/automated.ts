import type { Schema } from "@muster/api-client/call";

/** A service that was made for this platform in Apple Business Manager or Apple School Manager. */
export type AutomatedServer = Schema<"enrollment.AutomatedEnrollmentServer">;

/** Gives a profile to the devices that have everything that it names. */
export type AutomatedRule = Schema<"enrollment.AutomatedEnrollmentRule">;

/** What a device gets to know in Setup Assistant. */
export type AutomatedProfile = Schema<"enrollment.AutomatedEnrollmentProfile">;

/** A device that Apple says is the organisation's. */
export type AutomatedDevice = Schema<"enrollment.AutomatedEnrollmentDevice">;

/** Where the API has them, and by what name their answers are asked for again. */
export const SERVERS = "automated-enrollment-servers";
export const PROFILES = "automated-enrollment-profiles";
export const DEVICES = "automated-enrollment-devices";
