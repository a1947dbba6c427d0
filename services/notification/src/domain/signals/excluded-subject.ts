import { refuse } from "../refusals.ts";

/** A subject that a receiver does not want to hear of; an empty member stands for any. */
export interface ExcludedSubject {
  readonly deviceId: string;
  readonly email: string;
}

type Member = Readonly<Record<string, unknown>>;

const isMember = (value: unknown): value is Member => typeof value === "object" && value !== null;
const LONGEST = 320;
const textIn = (member: Member, field: string): string => {
  const value = member[field];
  if (typeof value !== "string" || value === "" || value.length > LONGEST) {
    throw refuse("signal.bad_subject", `a subject of the format ${String(member["format"])} has a ${field}`);
  }
  return value;
};

/**
 * Reads the subject of an add or remove request. One that can never be ours, such as another issuer's device, is nothing, and is
 * answered like any other, so that a receiver cannot probe who is known here.
 */
export function excludedSubject(subject: unknown, issuer: string, tenant: string): ExcludedSubject | undefined {
  if (!isMember(subject)) throw refuse("signal.bad_subject", "the request has no subject");
  const members: Member = subject["format"] === "complex" ? subject : simple(subject);
  let [deviceId, email, isOurs] = ["", "", true];
  for (const [name, member] of Object.entries(members)) {
    if (name === "format") continue;
    if (!isMember(member)) throw refuse("signal.bad_subject", `member ${name} of the subject is none`);
    if (name === "tenant") isOurs &&= textIn(member, "id") === tenant;
    if (name === "user" && member["format"] === "email") email = textIn(member, "email").toLowerCase();
    if (name === "device" && member["format"] === "iss_sub") {
      deviceId = textIn(member, "sub");
      isOurs &&= textIn(member, "iss") === issuer;
    }
  }
  return isOurs && (deviceId !== "" || email !== "") ? { deviceId, email } : undefined;
}

function simple(subject: Member): Member {
  switch (subject["format"]) {
    case "email":
      return { user: subject };
    case "iss_sub":
      return { device: subject };
    case "opaque":
    case "account":
    case "phone_number":
    case "did":
    case "uri":
    case "aliases":
    case "jwt_id":
    case "saml_assertion_id":
    case "ip-addresses":
      return {};
    default:
      throw refuse("signal.bad_subject", "the subject has no format that is known (RFC 9493)");
  }
}
