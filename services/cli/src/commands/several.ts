import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** One of several things that could not be done. */
export interface Undone {
  readonly subject: string;
  readonly failure: Failure;
}

/** Does the same to each, whatever becomes of the others. */
export async function doEach(subjects: readonly string[], act: (subject: string) => Promise<void>): Promise<void> {
  const undone: Undone[] = [];
  for (const subject of subjects) {
    try {
      await act(subject);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      undone.push({ subject, failure });
    }
  }
  endSeveral(undone, subjects.length);
}

/** Names each that was not done; when any was not, ends with one failure for all. */
export function endSeveral(undone: readonly Undone[], total: number): void {
  const [first] = undone;
  if (first === undefined) return;
  if (total === 1) throw new Failure(first.failure.exitCode, `${first.subject}: ${first.failure.message}`);
  for (const { subject, failure } of undone) process.stderr.write(`${subject}: ${failure.message}\n`);
  throw new Failure(exitOfSeveral(undone, total), `${undone.length} of ${total} not done`);
}

/** When nothing was done, all for one reason, then that reason. */
function exitOfSeveral(undone: readonly Undone[], total: number): number {
  if (undone.length < total) return EXIT.partly;
  const codes = new Set(undone.map(({ failure }) => failure.exitCode));
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : EXIT.refused;
}
