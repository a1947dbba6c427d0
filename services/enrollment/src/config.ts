import { bytes, type Parser, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";

/** A JSON Web Key Set (RFC 7517 §5) with public keys only. */
const jwks: Parser<unknown> = (raw) => {
  const wanted = "expected a JSON Web Key Set with public keys";
  let set: { keys?: unknown } | null;
  try {
    set = JSON.parse(raw) as typeof set;
  } catch {
    throw new Error(wanted);
  }
  const keys = set?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error(wanted);
  if (keys.some((key) => typeof key !== "object" || key === null || "d" in key)) throw new Error(wanted);
  return set;
};

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    grpcPort: ["MUSTER_GRPC_PORT", port],
    serviceToken: ["MUSTER_SERVICE_TOKEN", text],
    ingressKey: ["MUSTER_INGRESS_KEY", text],
    inventoryGrpc: ["MUSTER_INVENTORY_GRPC", text],
    nodeKeyPrivate: ["MUSTER_NODE_KEY_PRIVATE", bytes()],
    deviceCaCert: ["MUSTER_DEVICE_CA_CERT", text],
    deviceCaKey: ["MUSTER_DEVICE_CA_KEY", text],
    commandKeys: ["MUSTER_COMMAND_KEYS", jwks],
    cooldownSeconds: ["MUSTER_ENROLL_COOLDOWN_SECONDS", wholeNumber, 10],
    maxPerSecond: ["MUSTER_ENROLL_MAX_PER_SECOND", wholeNumber, 5_000],
  });
