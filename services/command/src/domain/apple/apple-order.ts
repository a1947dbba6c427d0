import { refuse } from "../refusals.ts";
import { factsOf } from "./catalogue/catalogue.ts";
import { problemsOf } from "./check-parameters.ts";

/** One of Apple's commands as it was asked for, checked. */
export interface AppleOrder {
  readonly requestType: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Instead of the parameters: the whole Command dictionary, an XML property list; else empty. */
  readonly rawPlist: string;
  readonly userId: string;
}

/** Checks a command against the catalogue. What the catalogue does not know can only be given as a property list. */
export function checkAppleOrder(order: AppleOrder): AppleOrder {
  const bad = (message: string) => refuse("command.bad_request", message);
  const facts = factsOf(order.requestType);
  if (order.rawPlist !== "") return order;
  if (facts === undefined)
    throw bad(
      `apple.request_type ${order.requestType} is no command we know; give it as apple.raw_plist to send it anyway`,
    );
  const problems = problemsOf(order.parameters, facts.parameters);
  if (problems.length > 0) throw bad(`apple.parameters of ${order.requestType}: ${problems.join("; ")}`);
  return order;
}
