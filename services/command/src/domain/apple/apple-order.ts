import { refuse } from "../refusals.ts";
import { sourceProblems } from "./application-source.ts";
import { factsOf } from "./catalogue/catalogue.ts";
import { problemsOf } from "./check-parameters.ts";
import { readRawCommand } from "./raw-command.ts";

/** One of Apple's commands as it was asked for, checked. */
export interface AppleOrder {
  readonly requestType: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Instead of the parameters: the Command dictionary or the message around it, an XML property list; else empty. */
  readonly rawPlist: string;
  readonly userId: string;
}

/**
 * Checks a command against the catalogue. What the catalogue does not know can only be given as a property list, which says
 * itself what it is.
 */
export function checkAppleOrder(order: AppleOrder): AppleOrder {
  const bad = (message: string) => refuse("command.bad_request", message);
  if (order.rawPlist !== "") {
    const { requestType } = readRawCommand(order.rawPlist);
    if (order.requestType !== "" && order.requestType !== requestType)
      throw bad(`apple.request_type is ${order.requestType}, but apple.raw_plist says ${requestType}: leave it out`);
    return { ...order, requestType };
  }
  const facts = factsOf(order.requestType);
  if (facts === undefined)
    throw bad(
      `apple.request_type ${order.requestType} is no command we know; give it as apple.raw_plist to send it anyway`,
    );
  const problems = [
    ...problemsOf(order.parameters, facts.parameters),
    ...sourceProblems(order.requestType, order.parameters),
  ];
  if (problems.length > 0) throw bad(`apple.parameters of ${order.requestType}: ${problems.join("; ")}`);
  if (order.requestType === "RotateFileVaultKey" && isInstitutionalWithoutKey(order.parameters))
    throw bad("apple.parameters of RotateFileVaultKey: NewCertificate is missing, which the institutional key becomes");
  return order;
}

const isInstitutionalWithoutKey = ({ KeyType, NewCertificate }: AppleOrder["parameters"]): boolean =>
  KeyType === "institutional" && NewCertificate === undefined;
