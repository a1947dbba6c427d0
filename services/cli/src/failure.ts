import { EXIT } from "./exit-codes.ts";

/** Something the person at the keyboard can do something about: said in one line, without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: number;
  /** The API's code of a refusal. */
  readonly code: string;

  constructor(exitCode: number, message: string, { code = "", ...options }: ErrorOptions & { code?: string } = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.code = code;
  }
}

export const usage = (message: string): Failure => new Failure(EXIT.usage, message);
