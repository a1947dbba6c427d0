/** What a push service wakes: one channel of one device. */
export interface Wakeable {
  readonly pushToken: Buffer;
  readonly pushMagic: string;
  pushed(magic?: string): void;
}

/** Where devices say that they can be reached; a push service that is simulated as well stands behind it. */
export interface PushService {
  register(wakeable: Wakeable): void;
  unregister(wakeable: Wakeable): void;
}
