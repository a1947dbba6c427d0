import type { AppleBody } from "./apple-body.ts";
import { factsOf } from "./catalogue/catalogue.ts";

/**
 * The key under which a newer command takes the place of one that was not delivered yet; empty when it does not. Removing one
 * profile once is enough, so is one sync of declarations, and a question that is asked twice is answered once. Everything else
 * is done as often as it was asked for.
 */
export function supersedeKey(requestType: string, { parameters, rawPlist }: AppleBody): string {
  if (rawPlist !== undefined) return "";
  if (requestType === "DeclarativeManagement") return requestType;
  if (requestType === "RemoveProfile") return `profile/${String(parameters["Identifier"])}`;
  if (factsOf(requestType)?.class !== "question") return "";
  const asked = Object.entries(parameters)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  return [requestType, ...asked].join("&").slice(0, 500);
}
