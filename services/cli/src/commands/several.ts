import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** One of several things that could not be done. */
export interface Undone {
  readonly subject: string;
  readonly failure: Failure;
}

/** Does the same with each, whatever becomes of the others; returns what could not be done. */
export async function doEach<T>(
  things: readonly T[],
  nameOf: (thing: T) => string,
  act: (thing: T) => Promise<void>,
): Promise<Undone[]> {
  const undone: Undone[] = [];
  for (const thing of things) {
    try {
      await act(thing);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      undone.push({ subject: nameOf(thing), failure });
    }
  }
  return undone;
}

/** Names each that was not done; when any was not, ends with one failure for all. */
export function endSeveral(
  undone: readonly Undone[],
  total: number,
  summary = `${undone.length} of ${total} not done`,
): void {
  const [first] = undone;
  if (first === undefined) return;
  if (total === 1) throw new Failure(first.failure.exitCode, `${first.subject}: ${first.failure.message}`);
  for (const { subject, failure } of undone) process.stderr.write(`${subject}: ${failure.message}\n`);
  throw new Failure(exitOfSeveral(undone, total), summary);
}

/** When nothing was done, all for one reason, then that reason. */
function exitOfSeveral(undone: readonly Undone[], total: number): number {
  if (undone.length < total) return EXIT.partly;
  const codes = new Set(undone.map(({ failure }) => failure.exitCode));
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : EXIT.refused;
}
