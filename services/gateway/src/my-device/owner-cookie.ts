import type { Vault } from "@muster/vault/vault";
import type { FastifyRequest } from "fastify";
import { isOver, OWNER_SESSION_MS, type OwnerSession } from "../domain/owner-session.ts";

const COOKIE = "muster_my_device";
/** What is sealed for another place is never a cookie. */
const PLACE = "my-device/cookie";
/** The page's place; the cookie goes nowhere else. */
export const MY_DEVICE = "/my-device";

/** Keeps who may look at which device's page in a cookie that only this platform can make or read. */
export class OwnerCookie {
  readonly #vault: Vault;
  readonly #secure: boolean;

  constructor(vault: Vault, secure: boolean) {
    this.#vault = vault;
    this.#secure = secure;
  }

  set({ deviceId, openedAt, tenant }: OwnerSession): string {
    const sealed = this.#vault.seal(PLACE, Buffer.from(JSON.stringify([tenant, deviceId, openedAt.getTime()])));
    return this.#written(sealed.toString("base64url"), OWNER_SESSION_MS / 1_000);
  }

  clear(): string {
    return this.#written("", 0);
  }

  /** The visit that a request belongs to; nothing when it shows no cookie, one that is not ours, or one that is over. */
  read({ headers }: FastifyRequest, now: Date): OwnerSession | undefined {
    const value = new RegExp(`(?:^|; *)${COOKIE}=([\\w-]{40,1000})`).exec(headers.cookie ?? "")?.[1];
    if (value === undefined) return undefined;
    try {
      const opened = this.#vault.open(PLACE, Buffer.from(value, "base64url")).toString();
      const [tenant, deviceId, openedAt] = JSON.parse(opened) as [string, string, number];
      const session = { tenant, deviceId, openedAt: new Date(openedAt) };
      return isOver(session, now) ? undefined : session;
    } catch {
      return undefined;
    }
  }

  #written(value: string, maxAgeSec: number): string {
    const secure = this.#secure ? "; Secure" : "";
    return `${COOKIE}=${value}; Path=${MY_DEVICE}; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSec}${secure}`;
  }
}
