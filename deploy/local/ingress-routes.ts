/** The services that devices, and receivers of shared signals, reach through the ingress. */
export type DoorService = "enrollment" | "inventory" | "command" | "notification";

interface Route {
  /** A whole path, or everything below it when it ends in a slash. */
  readonly path: string;
  readonly service: DoorService;
}

/** The paths of the public device origin. The first that matches decides: enrolling comes before what lies around it. */
export const ROUTES: readonly Route[] = [
  { path: "/api/osquery/enroll", service: "enrollment" },
  { path: "/api/v1/osquery/enroll", service: "enrollment" },
  { path: "/api/fleet/orbit/enroll", service: "enrollment" },
  { path: "/agent/v1/enroll", service: "enrollment" },
  { path: "/agent/v1/renew", service: "enrollment" },
  { path: "/api/osquery/", service: "inventory" },
  { path: "/api/v1/osquery/", service: "inventory" },
  { path: "/version", service: "inventory" },
  { path: "/api/fleet/orbit/", service: "command" },
  { path: "/api/fleet/device/", service: "command" },
  { path: "/api/latest/fleet/device/", service: "command" },
  { path: "/agent/v1/stream", service: "command" },
  { path: "/agent/v1/checkin", service: "command" },
  { path: "/agent/v1/results", service: "command" },
  { path: "/agent/v1/my-device", service: "command" },
  { path: "/device/", service: "command" },
  { path: "/apple/connect", service: "command" },
  { path: "/apple/", service: "enrollment" },
  { path: "/.well-known/com.apple.remotemanagement", service: "enrollment" },
  { path: "/ssf/", service: "notification" },
  { path: "/.well-known/ssf-configuration/", service: "notification" },
  { path: "/.well-known/oauth-authorization-server/", service: "notification" },
];

/** Which service answers a request target such as "/api/osquery/enroll?x=1"; undefined when none does. */
export function serviceFor(target: string): DoorService | undefined {
  const [path = ""] = target.split("?", 1);
  return ROUTES.find((route) => (route.path.endsWith("/") ? path.startsWith(route.path) : path === route.path))
    ?.service;
}
