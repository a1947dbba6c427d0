import { bytes, type Parser, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { RPC } from "@muster/rpc/open-rpc";
import type { JWK } from "jose";

/** One private key, or a set of them in which each has a name of its own. */
const privateKeys: Parser<readonly [JWK, ...JWK[]]> = (raw) => {
  const parsed = JSON.parse(raw) as JWK & { readonly keys?: readonly JWK[] };
  const [first, ...others] = parsed.keys ?? [parsed];
  if (first === undefined) throw new Error("a set without a key");
  const keys: readonly [JWK, ...JWK[]] = [first, ...others];
  for (const { kty, crv, d } of keys) {
    if (kty !== "OKP" || crv !== "Ed25519" || typeof d !== "string") {
      throw new Error("not private Ed25519 keys as JWK (kty OKP, crv Ed25519, x, d)");
    }
  }
  if (others.length > 0 && new Set(keys.map(({ kid }) => kid ?? "")).size < keys.length) {
    throw new Error("keys of a set that do not each have a kid of their own");
  }
  return keys;
};

const origin: Parser<URL> = (raw) => {
  const url = URL.parse(raw);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error("not an http or https address");
  return url;
};

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    ...RPC,
    ingressKey: ["MUSTER_INGRESS_KEY", text],
    nodeKeyPublic: ["MUSTER_NODE_KEY_PUBLIC", bytes()],
    /** The first signs commands; all sign what agents are told of the keys. */
    commandSigningKeys: ["MUSTER_COMMAND_SIGNING_KEY", privateKeys],
    /** How long a command is kept after its end. */
    commandDays: ["MUSTER_COMMAND_DAYS", wholeNumber, 180],
    /** So many devices one person locks or wipes within an hour; more are a campaign that a second person approves. */
    approvalAbove: ["MUSTER_APPROVAL_ABOVE", wholeNumber, 10],
    /** On so many one person runs scripts within an hour; likewise. */
    scriptApprovalAbove: ["MUSTER_SCRIPT_APPROVAL_ABOVE", wholeNumber, 100],
    policyGrpc: ["MUSTER_POLICY_GRPC", text],
    inventoryGrpc: ["MUSTER_INVENTORY_GRPC", text],
    enrollmentGrpc: ["MUSTER_ENROLLMENT_GRPC", text],
    /** Seals what commands carry. */
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    /** PEM file: the CA of the certificates that Apple devices have. */
    appleCaCert: ["MUSTER_APPLE_CA_CERT", text],
    /** Apple's Apps and Books management API. */
    appsAndBooksUrl: ["MUSTER_APPLE_APPS_URL", text, "https://vpp.itunes.apple.com/mdm/v2"],
    /** Where devices reach the platform. */
    publicDeviceUrl: ["MUSTER_PUBLIC_DEVICE_URL", text, "https://localhost:8443"],
    /** Where people reach the gateway, and with it the page of a device's owner. */
    publicUrl: ["MUSTER_PUBLIC_URL", origin, new URL("http://localhost:8080")],
    /** Apple's push service. */
    apnsUrl: ["MUSTER_APNS_URL", text, "https://api.push.apple.com"],
    /** PEM file: the authority behind it; the system's own without it. */
    apnsCa: ["MUSTER_APNS_CA", text, ""],
    pushesPerSecond: ["MUSTER_APPLE_PUSH_PER_SECOND", wholeNumber, 1_000],
    /** PEM files: an MDM vendor's certificate with its chain up to Apple's root, and its key. */
    appleVendorCert: ["MUSTER_APPLE_VENDOR_CERT", text, ""],
    appleVendorKey: ["MUSTER_APPLE_VENDOR_KEY", text, ""],
    /** How many streams, and how many sockets, one replica holds at most; each idle one takes a few tens of kilobytes. */
    streamLimit: ["MUSTER_STREAM_LIMIT", wholeNumber, 20_000],
  });
