import { generateKeyPair, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { dataFolder } from "@muster/backing/data-folder";
import { calculateJwkThumbprint, type JWK } from "jose";
import { createAuthority, createScepAuthority, issueCertificate, type KeyPairPem } from "./certificates.ts";
import { SERVICES, type ServiceName } from "./topology.ts";

const generateRsa = promisify(generateKeyPair);

/** Made once for a data folder; the whole of it would let anybody be anybody. Never logged. */
export interface Secrets {
  readonly serviceToken: string;
  readonly ingressKey: string;
  /** Base64 of the 32 bytes under which secrets at rest are sealed. */
  readonly masterKey: string;
  /** Ed25519, base64 of PKCS #8 and SPKI in DER. */
  readonly nodeKeyPrivate: string;
  readonly nodeKeyPublic: string;
  /** Ed25519 JWK with its private part; its public part is what agents are given. */
  readonly commandSigningKey: JWK;
  /** Ed25519 JWK with its private part: signs checkpoints of the audit chain. */
  readonly auditSigningKey: JWK;
  /** RSA JWK with its private part: signs shared signals. */
  readonly signalSigningKey: JWK;
  readonly databasePasswords: Readonly<Record<ServiceName, string>>;
}

/** PEM files of the authorities and of the ingress. */
export interface CertificateFiles {
  readonly deviceCaCert: string;
  readonly deviceCaKey: string;
  readonly appleCaCert: string;
  readonly appleCaKey: string;
  readonly serverCaCert: string;
  readonly serverCert: string;
  readonly serverKey: string;
}

export interface SecretsFolder {
  readonly secrets: Secrets;
  readonly files: CertificateFiles;
}

/** Reads the secrets of a data folder; the first time, makes them. The server certificate is new at every start. */
export async function openSecrets(folder: string, now: Date): Promise<SecretsFolder> {
  await dataFolder(folder);
  const secrets = await keepSecrets(join(folder, "secrets.json"));
  const authority = (name: string): Promise<KeyPairPem> =>
    once(join(folder, `${name}.json`), () => createAuthority(`Muster ${name.replace("-", " ")}`, now));
  const [deviceCa, serverCa] = [await authority("device-CA"), await authority("server-CA")];
  const appleCa = await once(join(folder, "apple-CA.json"), () => createScepAuthority("Muster Apple CA", now));
  const server = await issueCertificate(
    serverCa,
    ["serverAuth"],
    [
      { type: "dns", value: "localhost" },
      { type: "dns", value: hostname() },
      { type: "ip", value: "127.0.0.1" },
      { type: "ip", value: "::1" },
    ],
    now,
  );
  const pem = (name: string, content: string): Promise<string> => replace(join(folder, `${name}.pem`), content);
  return {
    secrets,
    files: {
      deviceCaCert: await pem("device-ca", deviceCa.cert),
      deviceCaKey: await pem("device-ca-key", deviceCa.key),
      appleCaCert: await pem("apple-ca", appleCa.cert),
      appleCaKey: await pem("apple-ca-key", appleCa.key),
      serverCaCert: await pem("server-ca", serverCa.cert),
      serverCert: await pem("server", server.cert),
      serverKey: await pem("server-key", server.key),
    },
  };
}

/** A folder that an earlier release made is given what it lacks. */
async function keepSecrets(file: string): Promise<Secrets> {
  const kept = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Partial<Secrets>) : {};
  const secrets = { ...(await makeSecrets(kept)), ...kept };
  if (Object.keys(secrets).length > Object.keys(kept).length) {
    await replace(file, `${JSON.stringify(secrets, null, 2)}\n`);
  }
  return secrets;
}

async function makeSecrets(kept: Partial<Secrets>): Promise<Secrets> {
  const token = (): string => randomBytes(32).toString("base64url");
  const nodeKey = generateKeyPairSync("ed25519");
  return {
    serviceToken: token(),
    ingressKey: token(),
    masterKey: randomBytes(32).toString("base64"),
    nodeKeyPrivate: nodeKey.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    nodeKeyPublic: nodeKey.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    commandSigningKey: await signingKey(),
    auditSigningKey: await signingKey(),
    // The one that takes a while to make.
    signalSigningKey: kept.signalSigningKey ?? (await signalKey()),
    databasePasswords: Object.fromEntries(SERVICES.map(({ name }) => [name, token()])) as Record<ServiceName, string>,
  };
}

async function signingKey(): Promise<JWK> {
  const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }) as JWK;
  return { ...key, kid: await calculateJwkThumbprint(key), alg: "EdDSA", use: "sig" };
}

async function signalKey(): Promise<JWK> {
  const { privateKey } = await generateRsa("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ format: "jwk" }) as JWK;
  return { ...key, kid: await calculateJwkThumbprint(key), alg: "RS256", use: "sig" };
}

/** The public part, as the JWKS that agents verify commands with (RFC 7517 §5). */
export function publicCommandKeys({ d: _private, ...publicKey }: JWK): { keys: JWK[] } {
  return { keys: [publicKey] };
}

async function once<T>(file: string, make: () => Promise<T>): Promise<T> {
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8")) as T;
  const made = await make();
  await replace(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/** Whole or not at all: a start killed half-way must not leave half a key. */
async function replace(file: string, content: string): Promise<string> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}
