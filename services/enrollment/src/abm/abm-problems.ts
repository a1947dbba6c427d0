import { AbmError, type AbmProblem } from "../domain/automated/abm-error.ts";
import type { AbmAnswer } from "./abm-call.ts";

/** The words that Apple puts into the body of a refusal, bare or in quotes. */
const PROBLEMS: readonly (readonly [RegExp, AbmProblem, string])[] = [
  [/T_C_NOT_SIGNED/, "terms_changed", "an administrator has to agree to Apple's changed terms"],
  [/EXHAUSTED_CURSOR/, "cursor_exhausted", "the list of devices is at its end"],
  [
    /EXPIRED_CURSOR|INVALID_CURSOR|CURSOR_REQUIRED/,
    "cursor_lost",
    "Apple does not know any more where the list was left",
  ],
  [/APPLE_SEED_FOR_IT_TURNED_OFF/, "beta_off", "the organisation has turned AppleSeed for IT off"],
  [/ACCESS_DENIED/, "token_refused", "Apple does not allow the server token what was asked"],
  [/NOT_FOUND/, "profile_unknown", "Apple does not know the profile"],
];

const SHOWN = 120;

/** What a refusal of Apple's means. */
export function problemIn({ status, text }: AbmAnswer): AbmError {
  const known = PROBLEMS.find(([word]) => word.test(text));
  if (known !== undefined) return new AbmError(known[1], known[2]);
  if (status === 401 || status === 403)
    return new AbmError("token_refused", "Apple does not take the server token; upload a new one");
  const words = text
    .replaceAll(/[^\w .,:-]/g, " ")
    .trim()
    .slice(0, SHOWN);
  return new AbmError("rejected", `Apple answered ${status}: ${words}`);
}
