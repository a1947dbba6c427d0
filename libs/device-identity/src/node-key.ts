import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { parse as uuidBytes, stringify as uuidText } from "uuid";
import type { DeviceIdentity, Method } from "./identity.ts";
import { Recent } from "./recent.ts";

/*
 * A node key is a statement signed by enrollment (Ed25519), so that other services need not ask who a device is:
 *
 *   base64url( version 1 | method 1 | generation 4 | device id 16 | tenant n | signature 64 )
 *
 * A key never ends by itself. It is refused once the device holds a key of a later generation over the same method.
 */
const VERSION = 1;
const SIGNATURE_BYTES = 64;
const HEADER_BYTES = 22;
const METHODS: readonly Method[] = ["osquery", "orbit", "agent"];
const CACHED_KEYS = 200_000;
const CACHED_TENANTS = 1_000;

export class NodeKeySigner {
  readonly #key: KeyObject;

  /** The private key as PKCS#8 DER. */
  constructor(privateKey: Buffer) {
    this.#key = createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" });
  }

  issue({ tenant, deviceId, method, generation }: DeviceIdentity): string {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(VERSION, 0);
    header.writeUInt8(METHODS.indexOf(method), 1);
    header.writeUInt32BE(generation, 2);
    header.set(uuidBytes(deviceId), 6);
    const statement = Buffer.concat([header, Buffer.from(tenant)]);
    return Buffer.concat([statement, sign(null, statement, this.#key)]).toString("base64url");
  }
}

export class NodeKeyVerifier {
  readonly #key: KeyObject;
  // A signature costs about as much as the rest of an empty check-in: each key is verified once, not at every request.
  readonly #known = new Recent<DeviceIdentity>(CACHED_KEYS);
  // All keys of a tenant share one text of its name.
  readonly #tenants = new Recent<string>(CACHED_TENANTS);

  /** The public key as SPKI DER. */
  constructor(publicKey: Buffer) {
    this.#key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  }

  /** Who the key says the device is; nothing when it is not a key that enrollment signed. */
  verify(nodeKey: unknown): DeviceIdentity | undefined {
    if (typeof nodeKey !== "string" || nodeKey.length > 300) return undefined;
    const known = this.#known.get(nodeKey);
    if (known !== undefined) return known;
    const identity = this.#read(Buffer.from(nodeKey, "base64url"));
    if (identity !== undefined) this.#known.set(nodeKey, identity);
    return identity;
  }

  #read(bytes: Buffer): DeviceIdentity | undefined {
    if (bytes.length <= HEADER_BYTES + SIGNATURE_BYTES || bytes.readUInt8(0) !== VERSION) return undefined;
    const statement = bytes.subarray(0, -SIGNATURE_BYTES);
    const method = METHODS[bytes.readUInt8(1)];
    if (method === undefined || !verify(null, statement, this.#key, bytes.subarray(-SIGNATURE_BYTES))) return undefined;
    const name = statement.subarray(HEADER_BYTES).toString();
    const tenant = this.#tenants.get(name);
    if (tenant === undefined) this.#tenants.set(name, name);
    return Object.freeze({
      tenant: tenant ?? name,
      deviceId: uuidText(statement.subarray(6, HEADER_BYTES)),
      method,
      generation: statement.readUInt32BE(2),
    });
  }
}
