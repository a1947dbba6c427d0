import type { Activity } from "../api/types.ts";

/** Which paths of the API answer differently once this has happened; a path stands for all below it. */
export function staleAfter({ type, deviceId }: Pick<Activity, "type" | "deviceId">): readonly string[] {
  const [, service = "", , name = ""] = type.split(".");
  const device = deviceId === "" ? [] : [`devices/${deviceId}`];
  switch (service) {
    case "enrollment":
      if (name.startsWith("Secret")) return device;
      return ["device-counts", "devices", "enrollments", "policies"];
    case "inventory":
      if (name === "DeviceFactsChanged") return [...device, "device-counts"];
      if (name === "LabelMembershipChanged") return [...device, "labels"];
      return name.startsWith("LiveQuery") ? ["live-queries"] : device;
    case "command":
      if (name.startsWith("Campaign")) return ["campaigns"];
      return name.startsWith("Command") ? ["commands", "campaigns"] : device;
    case "policy":
      return ["policies", ...device];
    case "notification":
      if (name.startsWith("Sink")) return ["sinks"];
      return name.startsWith("Subscriber") ? ["subscribers"] : [];
    case "gateway":
      return [
        "policies",
        "labels",
        "campaigns",
        "webhooks",
        "sinks",
        "subscribers",
        "users",
        "roles",
        "api-tokens",
        "scripts",
      ];
    default:
      return [];
  }
}
