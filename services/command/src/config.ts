import { bytes, type Parser, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import type { JWK } from "jose";

const privateJwk: Parser<JWK> = (raw) => {
  const key = JSON.parse(raw) as JWK;
  if (key.kty !== "OKP" || key.crv !== "Ed25519" || typeof key.d !== "string") {
    throw new Error("not a private Ed25519 key as JWK (kty OKP, crv Ed25519, x, d)");
  }
  return key;
};

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    grpcPort: ["MUSTER_GRPC_PORT", port],
    serviceToken: ["MUSTER_SERVICE_TOKEN", text],
    ingressKey: ["MUSTER_INGRESS_KEY", text],
    nodeKeyPublic: ["MUSTER_NODE_KEY_PUBLIC", bytes()],
    commandSigningKey: ["MUSTER_COMMAND_SIGNING_KEY", privateJwk],
    policyGrpc: ["MUSTER_POLICY_GRPC", text],
    /** How many streams, and how many sockets, one replica holds at most; each idle one takes a few tens of kilobytes. */
    streamLimit: ["MUSTER_STREAM_LIMIT", wholeNumber, 20_000],
  });
