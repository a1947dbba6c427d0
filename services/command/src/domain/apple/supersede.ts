import { hash } from "node:crypto";
import type { AppleBody } from "./apple-body.ts";
import { factsOf } from "./catalogue/catalogue.ts";

/**
 * The key under which a newer command takes the place of one that was not delivered yet; empty when it does not. The newest
 * word on one profile, or on one application that is named, counts, be it to install or to remove it; one sync of declarations is enough; and a question that is
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
  const application = applicationIn(requestType, parameters);
  if (application !== "") return APPLICATION + application;
  if (factsOf(requestType)?.class !== "question") return "";
  const asked = Object.entries(parameters)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  return shortened([requestType, ...asked].join("&"));
}

const LONGEST = 500;
const DIGEST = 64;

/** A key of bounded length; two that are long and differ only at their ends differ still. */
const shortened = (key: string): string =>
  key.length <= LONGEST ? key : key.slice(0, LONGEST - DIGEST) + hash("sha256", key);

const APPLICATION = "application/";

/** The application that a key is of, by its bundle identifier; empty when it is of something else. */
export const applicationOf = (key: string): string =>
  key.startsWith(APPLICATION) ? key.slice(APPLICATION.length) : "";

/** The bundle identifier that a command names, if it is about an application and names one. */
function applicationIn(requestType: string, parameters: AppleBody["parameters"]): string {
  switch (requestType) {
    case "InstallApplication":
    case "RemoveApplication":
      return textOf(parameters["Identifier"]);
    case "InstallEnterpriseApplication":
      return textOf(
        recordOf(recordOf(firstOf(recordOf(parameters["Manifest"])["items"]))["metadata"])["bundle-identifier"],
      );
    default:
      return "";
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, 255) : "");
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);
const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
