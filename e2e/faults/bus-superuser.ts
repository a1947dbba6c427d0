import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { connect, jwtAuthenticator, type NatsConnection } from "@nats-io/transport-node";

/**
 * Connects to a platform's bus as somebody who may do everything there, which nobody of the platform may: made with the
 * key of the platform's account, as whoever holds the folder of keys could (NATS user token, version 2).
 */
export async function connectAsSuperuser(dataDir: string, url: string): Promise<NatsConnection> {
  const seeds = JSON.parse(await readFile(join(dataDir, "secrets/nats/keys.json"), "utf8")) as { platform: string };
  const account = fromSeed(Buffer.from(seeds.platform));
  const user = createUser();
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = part({ typ: "JWT", alg: "ed25519-nkey" });
  const body = part({
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    iss: account.getPublicKey(),
    sub: user.getPublicKey(),
    name: "nemesis",
    nats: { pub: {}, sub: {}, subs: -1, data: -1, payload: -1, type: "user", version: 2 },
  });
  const signature = Buffer.from(account.sign(Buffer.from(`${head}.${body}`))).toString("base64url");
  return connect({
    servers: url,
    name: "nemesis",
    // The other lane may have it down just now.
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    authenticator: jwtAuthenticator(`${head}.${body}.${signature}`, user.getSeed()),
  });
}
