/** What Apple says of one part of an event that failed; errorInfo names those it is about, as far as it does. */
export interface EventFailure {
  readonly errorNumber: number;
  readonly errorMessage: string;
  readonly assignees: ReadonlySet<string>;
}

/** Fewer licenses are left than were asked for. */
const NOT_ENOUGH = 9709;

/** What became of one who was part of an event that failed. */
export type Fate = { readonly kind: "refused"; readonly reason: string } | { readonly kind: "again" };

/** Those whom no failure names may have it or not: asking again for a license that one has changes nothing. */
export function fateOf(assignee: string, failures: readonly EventFailure[]): Fate {
  const failure = failures.find(({ assignees }) => assignees.has(assignee));
  if (failure === undefined) return { kind: "again" };
  return { kind: "refused", reason: refusalReason(failure.errorNumber, failure.errorMessage) };
}

/** Why a command fails whose device Apple gives no license. */
export const refusalReason = (errorNumber: number, errorMessage: string): string =>
  errorNumber === NOT_ENOUGH
    ? "app_license.none_left"
    : `app_license.refused: ${errorNumber} ${errorMessage}`.slice(0, 300);
