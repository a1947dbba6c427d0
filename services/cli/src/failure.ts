/** How the command ends; documented in the README. */
export const EXIT = { usage: 1, disproved: 1, refused: 2, drift: 2, unreachable: 3 } as const;

/** Something the person at the keyboard can do something about: said in one line, without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export const usage = (message: string): Failure => new Failure(EXIT.usage, message);
