import type { Door } from "./door.ts";
import type { Wire } from "./raw-exchange.ts";

export interface Attack {
  readonly name: string;
  /**
   * What is right: `refused` is a 4xx, `answered` is anything but a 5xx, `gone` means that nobody waits for an
   * answer, because the attacker hung up.
   */
  readonly expect: "refused" | "answered" | "gone";
  /** Whether there is anything to attack at this door in this way. */
  readonly fits: (door: Door) => boolean;
  /** Whether its answer is a time limit of the door: such attacks are made on all doors at once, beside the others. */
  readonly waits?: boolean;
  readonly talk: (door: Door, wire: Wire) => Promise<void>;
}

export const hasBody = (door: Door): boolean => door.body !== undefined;

/** The fields of the door's body, for attacks that keep its shape. */
export const fieldsOf = (door: Door): Record<string, unknown> => {
  try {
    const body: unknown = JSON.parse(door.body ?? "{}");
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};
