import type { GistsOf } from "./gist.ts";
import { deviceName } from "./words.ts";

export const inventory: GistsOf<"inventory"> = {
  "muster.inventory.v1.DeviceFactsChanged": ({ facts }, event) => ({
    message: `${deviceName(event)} answered something else than before: ${facts.map(({ name }) => name).join(", ")}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.inventory.v1.SoftwareChanged": ({ installedCount, removedCount }, event) => ({
    message: `software on ${deviceName(event)} changed: ${installedCount} came, ${removedCount} went`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.inventory.v1.LabelMembershipChanged": ({ labelName, member }, event) => ({
    message: `${deviceName(event)} ${member ? "carries" : "no longer carries"} the label ${labelName}`,
    severity: "informational",
    outcome: "success",
  }),
  "muster.inventory.v1.QueryAnswered": ({ error, rowCount }, event) => ({
    message: `${deviceName(event)} ${error === "" ? `answered with ${rowCount} rows` : `could not answer: ${error}`}`,
    severity: "informational",
    outcome: error === "" ? "success" : "failure",
  }),
  "muster.inventory.v1.LiveQueryEnded": ({ answered, createdBy, state, targets }) => ({
    message: `the live query of ${createdBy} ${state === "expired" ? "expired" : `is ${state}`}: ${answered} of ${targets} devices answered`,
    severity: "informational",
    outcome: state === "completed" ? "success" : "unknown",
  }),
  "muster.inventory.v1.CarveCompleted": ({ path, sizeBytes }, event) => ({
    message: `${path} of ${deviceName(event)} was carved: ${sizeBytes} bytes`,
    severity: "informational",
    outcome: "success",
  }),
};
