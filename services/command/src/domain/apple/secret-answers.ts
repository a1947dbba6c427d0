import { factsOf } from "./catalogue/catalogue.ts";
import type { EscrowForm } from "./catalogue/command-facts.ts";
import type { EscrowKind } from "./escrow-kind.ts";

type Answer = Readonly<Record<string, unknown>>;

/** A secret that a device gave, for the escrow. */
export interface AnsweredSecret {
  readonly kind: EscrowKind;
  readonly form: EscrowForm;
  /** Text as it is, an envelope in base64. */
  readonly value: string;
  /** The device may turn out not to have it: the earlier ones are kept until that is clear. */
  readonly unproven: boolean;
}

/** The answer without its secrets, which are in no row, no event and no log. */
export const withoutSecrets = (requestType: string, response: Answer): Answer =>
  (factsOf(requestType)?.secretAnswers ?? []).reduce<Answer>((answer, { path }) => without(answer, path), response);

/** What of an answer belongs into escrow. */
export const secretsIn = (requestType: string, response: Answer): AnsweredSecret[] =>
  (factsOf(requestType)?.secretAnswers ?? []).flatMap(({ escrow, path }) => {
    const value = valueAt(response, path);
    if (escrow === undefined || typeof value !== "string" || value === "") return [];
    return [{ kind: escrow.kind, form: escrow.form, value, unproven: escrow.unproven === true }];
  });

function without(answer: Answer, path: readonly string[]): Answer {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(answer, key)) return answer;
  if (rest.length === 0) return Object.fromEntries(Object.entries(answer).filter(([each]) => each !== key));
  const inner = answer[key];
  return typeof inner === "object" && inner !== null ? { ...answer, [key]: without(inner as Answer, rest) } : answer;
}

const valueAt = (answer: Answer, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Answer)[key] : undefined,
    answer,
  );
