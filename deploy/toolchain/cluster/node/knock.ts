import { setTimeout as delay } from "node:timers/promises";
import { NODE_ADDRESS } from "../network.ts";
import { CONSOLE_URL } from "./platform.ts";

const EVERY_MS = 50;
const ANSWER_WITHIN_MS = 10_000;

/** Asks the people's door again and again while something is done. @returns how often, and what was no answer */
export async function knockWhile(work: () => Promise<unknown>): Promise<string> {
  const done = new AbortController();
  const answers = new Map<string, number>();
  const door = new URL("/api/v1/openapi.json", `http://${NODE_ADDRESS}:${new URL(CONSOLE_URL).port}`);
  const knock = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const answer = await fetch(door, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then(
        async (response) => {
          await response.arrayBuffer();
          return String(response.status);
        },
        (error: unknown) => (error as Error).message,
      );
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await delay(EVERY_MS);
    }
  };
  const knocking = knock();
  try {
    await work();
  } finally {
    done.abort();
    await knocking;
  }
  const told = [...answers].map(([answer, count]) => `${count} times ${answer}`).join(", ");
  if (answers.size !== 1 || !answers.has("200")) throw new Error(`The door was to answer every time: ${told}`);
  return `the door answered ${told}`;
}
