import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";

/** Where a person is asked. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

export interface Question {
  /** What is about to be done, such as "Wipe ada". */
  readonly act: string;
  readonly consequence: string;
  /** What has to be typed; without it, a y is enough. */
  readonly typed?: string;
}

/** Asks the person at the keyboard once more; what is not confirmed ends the program. Where nobody can answer it is not done. */
export async function confirm({ act, consequence, typed }: Question, { input, output }: Terminal): Promise<void> {
  if (input.isTTY !== true) throw usage(`nobody is at a terminal to confirm this; --yes says that it is meant: ${act}`);
  output.write(`${act}?\n${consequence}\n`);
  const answer = await answerTo(typed === undefined ? "Go on? [y/N] " : `Type ${typed} to confirm: `, {
    input,
    output,
  });
  const isSure = typed === undefined ? /^y(es)?$/i.test(answer) : answer === typed;
  if (!isSure) throw new Failure(EXIT.interrupted, "nothing was done");
}

/** Ctrl-C and Ctrl-D answer with nothing. */
async function answerTo(question: string, { input, output }: Terminal): Promise<string> {
  const lines = createInterface({ input, output, terminal: true });
  const broken = once(lines, "close").then(() => "");
  const answered = new Promise<string>((resolve) => lines.question(question, resolve));
  lines.once("SIGINT", () => {
    output.write("\n");
    lines.close();
  });
  const answer = await Promise.race([answered, broken]);
  lines.close();
  return answer.trim();
}
