import type { AppleBody } from "./apple-body.ts";
import { factsOf } from "./catalogue/catalogue.ts";

/**
 * The key under which a newer command takes the place of one that was not delivered yet; empty when it does not. The newest
 * word on one profile counts, be it to install or to remove it; one sync of declarations is enough; and a question that is
 * asked twice is answered once. Everything else is done as often as it was asked for.
 */
export function supersedeKey(
  requestType: string,
  { parameters, profile, rawPlist }: AppleBody,
  identifier = "",
): string {
  if (rawPlist !== undefined) return "";
  if (requestType === "DeclarativeManagement") return requestType;
  if (requestType === "RemoveProfile") return `profile/${String(parameters["Identifier"])}`;
  if (requestType === "InstallProfile")
    return identifier === "" && profile === undefined ? "" : `profile/${identifier}`;
  if (factsOf(requestType)?.class !== "question") return "";
  const asked = Object.entries(parameters)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  return [requestType, ...asked].join("&").slice(0, 500);
}
