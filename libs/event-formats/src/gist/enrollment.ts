import type { EscrowedSecret } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type { GistsOf } from "./gist.ts";
import { because, deviceName, enumWords } from "./words.ts";

const secretWords = (secret: EscrowedSecret | undefined): string =>
  `a ${enumWords(secret?.kind ?? "SECRET_KIND_UNSPECIFIED", "SECRET_KIND_")}`;

const ends = (expiresAt: Date | undefined, now: Date): string =>
  expiresAt !== undefined && expiresAt <= now
    ? "has ended"
    : `ends on ${expiresAt?.toISOString().slice(0, 10) ?? "a day that is not known"}`;

export const enrollment: GistsOf<"enrollment"> = {
  "muster.enrollment.v1.DeviceEnrolled": ({ reEnrolled }, event) => ({
    message: `${deviceName(event)} enrolled${reEnrolled ? " again" : ""}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.enrollment.v1.DeviceUnenrolled": ({ reason }, event) => ({
    message: `${deviceName(event)} is no longer managed${because(reason)}`,
    severity: "low",
    outcome: "success",
  }),
  "muster.enrollment.v1.IdentityRenewed": (_, event) => ({
    message: `${deviceName(event)} received a new certificate and node key`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.enrollment.v1.IdentityRenewalRequested": (_, event) => ({
    message: `${deviceName(event)} is to get a new certificate`,
    severity: "informational",
    outcome: "unknown",
  }),
  "muster.enrollment.v1.IdentityConflictFound": ({ holderDeviceId }, event) => ({
    message: `${deviceName(event)} claims the hardware identity of ${holderDeviceId}, which is alive`,
    severity: "medium",
    outcome: "unknown",
  }),
  "muster.enrollment.v1.PushTokenChanged": ({ pushReady }, event) => ({
    message: `${deviceName(event)} can ${pushReady ? "be woken at another address" : "no longer be woken"}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.enrollment.v1.SecretEscrowed": ({ secret }, event) => ({
    message: `${secretWords(secret)} of ${deviceName(event)} was taken into escrow`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.enrollment.v1.SecretRead": ({ purpose, secret }, event) => ({
    message: `${secretWords(secret)} of ${deviceName(event)} was read${because(purpose)}`,
    severity: "medium",
    outcome: "success",
  }),
  "muster.enrollment.v1.AutomatedEnrollmentServerExpiring": ({ expiresAt, name }, event) => ({
    message: `the token of the automated enrollment server ${name} ${ends(expiresAt, event.time)}; download a new one from Apple`,
    severity: expiresAt !== undefined && expiresAt <= event.time ? "high" : "medium",
    outcome: "unknown",
  }),
  "muster.enrollment.v1.AutomatedEnrollmentTermsChanged": ({ name, organization }) => ({
    message: `Apple's terms have changed: the automated enrollment server ${name} waits until an administrator of ${organization} agrees to them`,
    severity: "high",
    outcome: "failure",
  }),
  "muster.enrollment.v1.EnrollmentRefused": ({ code, hostname, method, remoteAddress }) => ({
    message: `${hostname === "" ? "a machine" : hostname} was not let in over ${enumWords(method, "METHOD_")}: ${code}`,
    severity: "low",
    outcome: "failure",
    address: remoteAddress,
  }),
};
