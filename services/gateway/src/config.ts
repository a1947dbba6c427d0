import { bytes, list, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { RPC } from "@muster/rpc/open-rpc";

const origin = (raw: string): URL => {
  const url = URL.parse(raw);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`"${raw}" is not an http or https address`);
  return url;
};

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port, 8080],
    ...RPC,
    grpcPort: ["MUSTER_GRPC_PORT", port, 50_056],
    ingressKey: ["MUSTER_INGRESS_KEY", text],
    /** Seals secrets, and answers that are kept for repeated requests. */
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    /** Where people reach this gateway; https makes cookies secure. */
    publicUrl: ["MUSTER_PUBLIC_URL", origin, new URL("http://localhost:8080")],
    /** Where devices reach the platform; the page shows it to whoever enrolls one. */
    publicDeviceUrl: ["MUSTER_PUBLIC_DEVICE_URL", origin, new URL("https://localhost:8443")],
    /** The OpenID providers that tenants may have their people sign in with. */
    oidcIssuers: ["MUSTER_OIDC_ISSUERS", list, []],
    /** How many requests a second one caller may send over time; it may send ten times as many at once. */
    requestsPerSecond: ["MUSTER_API_REQUESTS_PER_SECOND", wholeNumber, 100],
    enrollmentGrpc: ["MUSTER_ENROLLMENT_GRPC", text],
    commandGrpc: ["MUSTER_COMMAND_GRPC", text],
    inventoryGrpc: ["MUSTER_INVENTORY_GRPC", text],
    policyGrpc: ["MUSTER_POLICY_GRPC", text],
    notificationGrpc: ["MUSTER_NOTIFICATION_GRPC", text],
  });
