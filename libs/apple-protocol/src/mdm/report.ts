import { isDict, type PlistDict, type PlistValue } from "../plist/value.ts";
import { readSender, type Sender } from "./enrollment-ids.ts";
import { dictOf, requiredText, textAt } from "./fields.ts";
import { MdmMessageError } from "./mdm-message-error.ts";

export interface ReportedError {
  readonly code: number;
  readonly domain: string;
  /** In English where the device says so, else in the words of its user. */
  readonly description: string;
}

const STATUSES = ["Acknowledged", "Error", "CommandFormatError", "NotNow"] as const;

export type Report = { readonly sender: Sender } & (
  | { readonly status: "Idle" }
  | {
      readonly status: (typeof STATUSES)[number];
      readonly commandUuid: string;
      readonly errorChain: readonly ReportedError[];
      /** All keys that answer the command. */
      readonly response: PlistDict;
    }
);

const NOT_RESPONSE = new Set([
  "Status",
  "CommandUUID",
  "ErrorChain",
  "UDID",
  "UserID",
  "UserShortName",
  "UserLongName",
  "EnrollmentID",
  "EnrollmentUserID",
  "NotOnConsole",
]);

/** Reads what a device says at the command channel. Throws MdmMessageError. */
export function readReport(plist: PlistValue): Report {
  const message = dictOf(plist);
  const sender = readSender(message);
  const status = requiredText(message, "Status");
  if (status === "Idle") return { status, sender };
  const known = STATUSES.find((each) => each === status);
  if (known === undefined) throw new MdmMessageError("the Status is none of a report's");
  const response = Object.create(null) as Record<string, PlistValue>;
  for (const [key, value] of Object.entries(message)) if (!NOT_RESPONSE.has(key)) response[key] = value;
  const commandUuid = requiredText(message, "CommandUUID");
  return { status: known, sender, commandUuid, errorChain: readErrors(message["ErrorChain"]), response };
}

const MOST_ERRORS = 20;

function readErrors(chain: PlistValue | undefined): ReportedError[] {
  if (!Array.isArray(chain)) return [];
  return chain
    .slice(0, MOST_ERRORS)
    .filter((each: PlistValue): each is PlistDict => isDict(each))
    .map((each) => ({
      code: Number.isInteger(each["ErrorCode"]) ? Number(each["ErrorCode"]) : 0,
      domain: textAt(each, "ErrorDomain"),
      description: textAt(each, "USEnglishDescription") || textAt(each, "LocalizedDescription"),
    }));
}
