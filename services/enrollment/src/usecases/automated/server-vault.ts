import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Vault } from "@muster/vault/vault";
import type { ServerToken } from "../../domain/automated/automated-server.ts";

interface Owner {
  readonly tenant: string;
  readonly id: string;
}

type Secret = "key" | "door" | "token";

const placeOf = ({ id, tenant }: Owner, secret: Secret): string => `${tenant}/automated-server/${id}/${secret}`;

/** Seals what a server keeps secret: its private key, the secret in its address, and its token. */
export class ServerVault {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  sealKey(owner: Owner, key: KeyObject): Buffer {
    return this.#vault.seal(placeOf(owner, "key"), key.export({ format: "der", type: "pkcs8" }));
  }

  openKey(owner: Owner, sealed: Buffer): KeyObject {
    return createPrivateKey({ key: this.#vault.open(placeOf(owner, "key"), sealed), format: "der", type: "pkcs8" });
  }

  sealDoor(owner: Owner, door: string): Buffer {
    return this.#vault.seal(placeOf(owner, "door"), Buffer.from(door));
  }

  openDoor(owner: Owner, sealed: Buffer): string {
    return this.#vault.open(placeOf(owner, "door"), sealed).toString();
  }

  sealToken(owner: Owner, token: ServerToken): Buffer {
    return this.#vault.seal(placeOf(owner, "token"), Buffer.from(JSON.stringify(token)));
  }

  openToken(owner: Owner, sealed: Buffer): ServerToken {
    const token = JSON.parse(this.#vault.open(placeOf(owner, "token"), sealed).toString()) as ServerToken;
    return { ...token, expiresAt: new Date(token.expiresAt) };
  }
}
