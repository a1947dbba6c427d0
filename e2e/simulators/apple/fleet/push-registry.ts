import type { PushService, Wakeable } from "../wire/push-service.ts";

/** Finds who is meant by a push: the channels of this process, by their tokens. */
export class PushRegistry implements PushService {
  readonly #byToken = new Map<string, Wakeable>();

  register(wakeable: Wakeable): void {
    this.#byToken.set(wakeable.pushToken.toString("hex"), wakeable);
  }

  unregister(wakeable: Wakeable): void {
    this.#byToken.delete(wakeable.pushToken.toString("hex"));
  }

  /** @returns false when nobody here has the token (any more), which is what APNs answers 410 to. */
  push(token: string, magic: string): boolean {
    const wakeable = this.#byToken.get(token.toLowerCase());
    wakeable?.pushed(magic);
    return wakeable !== undefined;
  }
}
