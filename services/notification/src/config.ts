import { bytes, type Parser, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { RPC } from "@muster/rpc/open-rpc";
import type { JSONWebKeySet, JWK } from "jose";
import { cidrs } from "./domain/address-policy.ts";

const privateJwk: Parser<JWK> = (raw) => {
  const key = JSON.parse(raw) as JWK;
  if (key.kty !== "OKP" || key.crv !== "Ed25519" || typeof key.d !== "string") {
    throw new Error("not a private Ed25519 key as JWK (kty OKP, crv Ed25519, x, d)");
  }
  return key;
};

const jwks: Parser<JSONWebKeySet> = (raw) => {
  const set = JSON.parse(raw) as JSONWebKeySet;
  if (!Array.isArray(set.keys) || set.keys.some((key) => "d" in key)) throw new Error("not a JWKS of public keys");
  return set;
};

/** One private key, or a set of them: the first signs. */
const rsaKeys: Parser<readonly [JWK, ...JWK[]]> = (raw) => {
  const parsed = JSON.parse(raw) as JWK & { readonly keys?: readonly JWK[] };
  const [first, ...others] = parsed.keys ?? [parsed];
  if (first === undefined) throw new Error("a set without a key");
  const keys: readonly [JWK, ...JWK[]] = [first, ...others];
  for (const { kty, n = "", d } of keys) {
    if (kty !== "RSA" || typeof d !== "string" || Buffer.from(n, "base64url").length < 256) {
      throw new Error("not private RSA keys of 2048 bits or more as JWK (kty RSA, n, e, d …)");
    }
  }
  return keys;
};

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    ...RPC,
    // Seals the secrets of webhooks and sinks.
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    // Private networks that webhooks and sinks may reach nevertheless, such as 10.20.0.0/16.
    allowedNetworks: ["MUSTER_WEBHOOK_ALLOW_PRIVATE", cidrs, []],
    natsUrl: ["MUSTER_NATS_URL", text],
    // Where subscribers reach the bus, when that is not where the services do.
    natsPublicUrl: ["MUSTER_NATS_PUBLIC_URL", text, ""],
    // Files with which subscribers' accounts are made; without them there are no subscribers.
    natsSigningKey: ["MUSTER_NATS_SIGNING_KEY", text, ""],
    natsSystemCredentials: ["MUSTER_NATS_SYSTEM_CREDENTIALS", text, ""],
    natsReplicas: ["MUSTER_NATS_REPLICAS", wholeNumber, 1],
    // Where sinks may write files; none may when it is empty.
    sinkFolder: ["MUSTER_SINK_FOLDER", text, ""],
    activityDays: ["MUSTER_ACTIVITY_DAYS", wholeNumber, 90],
    // Signs checkpoints of the audit chain.
    auditSigningKey: ["MUSTER_AUDIT_SIGNING_KEY", privateJwk],
    // Public keys that signed before, so that older checkpoints can still be verified.
    auditEarlierKeys: ["MUSTER_AUDIT_EARLIER_KEYS", jwks, { keys: [] }],
    // Signs shared signals and the tokens of their receivers; without it there are none.
    signalKeys: ["MUSTER_SSF_SIGNING_KEY", rsaKeys, undefined],
    // The public origin below which receivers of shared signals find them.
    publicUrl: ["MUSTER_PUBLIC_DEVICE_URL", text, "https://localhost:8443"],
    auditDays: ["MUSTER_AUDIT_DAYS", wholeNumber, 400],
    auditCheckpointSeconds: ["MUSTER_AUDIT_CHECKPOINT_SECONDS", wholeNumber, 60],
  });
