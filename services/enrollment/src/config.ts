import { bytes, list, type Parser, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { RPC } from "@muster/rpc/open-rpc";

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

const flag: Parser<boolean> = (raw) => {
  if (raw !== "true" && raw !== "false") throw new Error("expected true or false");
  return raw === "true";
};

const positive: Parser<number> = (raw) => {
  const value = wholeNumber(raw);
  if (value === 0) throw new Error("expected 1 or more");
  return value;
};

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    ...RPC,
    ingressKey: ["MUSTER_INGRESS_KEY", text],
    policyGrpc: ["MUSTER_POLICY_GRPC", text],
    inventoryGrpc: ["MUSTER_INVENTORY_GRPC", text],
    nodeKeyPrivate: ["MUSTER_NODE_KEY_PRIVATE", bytes()],
    deviceCaCert: ["MUSTER_DEVICE_CA_CERT", text],
    deviceCaKey: ["MUSTER_DEVICE_CA_KEY", text],
    /** PEM files: the RSA CA that gives Apple's devices their certificates. */
    appleCaCert: ["MUSTER_APPLE_CA_CERT", text],
    appleCaKey: ["MUSTER_APPLE_CA_KEY", text],
    /** `com.apple.mgmt.…`, the UID of the push certificate. */
    applePushTopic: ["MUSTER_APPLE_PUSH_TOPIC", text, "com.apple.mgmt.External.muster"],
    /** Whether SHA-1 and single DES are taken over SCEP. */
    appleScepLegacy: ["MUSTER_APPLE_SCEP_LEGACY", flag, false],
    /** Where Apple's device-enrollment API is. */
    abmUrl: ["MUSTER_ABM_URL", text, "https://mdmenrollment.apple.com"],
    /** PEM file: the certificates that say which devices Apple made; without it no enrollment that asks for that. */
    appleDeviceRoots: ["MUSTER_APPLE_DEVICE_ROOTS", text, ""],
    /** PEM file: Apple's Enterprise Attestation Root CA; without it no tenant can have keys attested. */
    appleAttestationRoots: ["MUSTER_APPLE_ATTESTATION_ROOTS", text, ""],
    /** Whether the users of a directory have command channels on Macs. */
    appleDirectoryUsers: ["MUSTER_APPLE_DIRECTORY_USERS", flag, false],
    /** The OpenID providers that tenants may have people sign in with; none lets nobody enroll by account. */
    oidcIssuers: ["MUSTER_OIDC_ISSUERS", list, []],
    publicDeviceUrl: ["MUSTER_PUBLIC_DEVICE_URL", text],
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    commandKeys: ["MUSTER_COMMAND_KEYS", jwks],
    cooldownSeconds: ["MUSTER_ENROLL_COOLDOWN_SECONDS", wholeNumber, 10],
    approvalAbove: ["MUSTER_APPROVAL_ABOVE", wholeNumber, 10],
    maxPerSecond: ["MUSTER_ENROLL_MAX_PER_SECOND", positive, 5_000],
  });
