import { factsOf } from "./catalogue/catalogue.ts";

type Answer = Readonly<Record<string, unknown>>;

/** The answer without its secrets, which are in no row, no event and no log. */
export const withoutSecrets = (requestType: string, response: Answer): Answer =>
  (factsOf(requestType)?.secretAnswers ?? []).reduce<Answer>(without, response);

function without(answer: Answer, path: readonly string[]): Answer {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(answer, key)) return answer;
  if (rest.length === 0) return Object.fromEntries(Object.entries(answer).filter(([each]) => each !== key));
  const inner = answer[key];
  return typeof inner === "object" && inner !== null ? { ...answer, [key]: without(inner as Answer, rest) } : answer;
}
