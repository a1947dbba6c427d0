import type { GistsOf } from "./gist.ts";

export const notification: GistsOf<"notification"> = {
  "muster.notification.v1.SinkFailing": ({ consecutiveFailures, disabled, lastError, name }) => ({
    message: `${name} did not take ${consecutiveFailures} deliveries in a row${disabled ? " and was disabled" : ""}: ${lastError}`,
    severity: disabled ? "high" : "medium",
    outcome: "failure",
  }),
  "muster.notification.v1.SinkRecovered": ({ name }) => ({
    message: `${name} takes events again`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.notification.v1.AuditCheckpointed": ({ number }) => ({
    message: `the audit chain is signed up to record ${number}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.notification.v1.AuditRecordsRemoved": ({ through }) => ({
    message: `audit records up to ${through} were removed after their time`,
    severity: "low",
    outcome: "success",
  }),
  "muster.notification.v1.SubscriberCreated": ({ name }) => ({
    message: `${name} may pull events from the bus`,
    severity: "low",
    outcome: "success",
  }),
  "muster.notification.v1.SubscriberRevoked": ({ name }) => ({
    message: `${name} may pull no more events from the bus`,
    severity: "low",
    outcome: "success",
  }),
};
