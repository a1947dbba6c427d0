import type { Activity } from "../api/types.ts";

const CHANGED_BY_PEOPLE = [
  "policies",
  "profiles",
  "declarations",
  "labels",
  "scripts",
  "campaigns",
  "webhooks",
  "sinks",
  "subscribers",
  "users",
  "sign-in-providers",
  "account-sign-ins",
  "osquery-config",
  "roles",
  "api-tokens",
  "enroll-secrets",
  "enrollment-tokens",
  "push-certificates",
  "automated-enrollment-servers",
  "automated-enrollment-profiles",
  "automated-enrollment-devices",
  "app-tokens",
];

/** Which paths of the API answer differently once this has happened; a path stands for all below it. */
export function staleAfter({ type, deviceId }: Pick<Activity, "type" | "deviceId">): readonly string[] {
  const [, service = "", , name = ""] = type.split(".");
  const device = deviceId === "" ? [] : [`devices/${deviceId}`];
  switch (service) {
    case "enrollment":
      if (name.startsWith("Secret")) return device;
      if (name.startsWith("AutomatedEnrollment")) return ["automated-enrollment-servers"];
      return ["device-counts", "devices", "enrollments", "policies"];
    case "inventory":
      if (name === "DeviceFactsChanged") return [...device, "device-counts"];
      if (name === "LabelMembershipChanged") return [...device, "labels"];
      if (name === "CarveCompleted") return ["carves"];
      return name.startsWith("LiveQuery") ? ["live-queries"] : device;
    case "command":
      if (name.startsWith("Campaign")) return ["campaigns"];
      if (name.startsWith("Push")) return ["push-certificates"];
      if (name.startsWith("AppToken")) return ["app-tokens", "app-assets"];
      return name.startsWith("Command") ? ["commands", "campaigns"] : device;
    case "policy":
      if (name === "ProfileStateChanged") return ["profiles", ...device];
      if (name === "DeviceStatusReported") return ["declarations", ...device];
      if (name === "DesiredStateChanged") return ["profiles", "declarations", ...device];
      return ["policies", ...device];
    case "notification":
      if (name.startsWith("Sink")) return ["sinks"];
      return name.startsWith("Subscriber") ? ["subscribers"] : [];
    case "gateway":
      return CHANGED_BY_PEOPLE;
    default:
      return [];
  }
}
