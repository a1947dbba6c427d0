import { setTimeout as delay } from "node:timers/promises";
import { Refusal } from "@muster/host/refusal";

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

/** Does what may be done twice again while the service is away, and lets any other failure through. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      await delay(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

const isPassing = (error: unknown): boolean => error instanceof Refusal && error.kind === "unavailable";

export const isGone = (error: unknown): boolean => error instanceof Refusal && error.kind === "not_found";
