import { isPlist, type Plist } from "../plist/plist-value.ts";
import { readPlist } from "../plist/read-plist.ts";

/** What the server answered to a report: the next command. */
export interface CommandMessage {
  readonly uuid: string;
  readonly requestType: string;
  readonly command: Plist;
}

/** @throws when the body is no command at all, which a device drops. */
export const readCommandMessage = (body: Buffer): CommandMessage => {
  const value = readPlist(body);
  if (!isPlist(value)) throw new Error("the command is no dictionary");
  const { CommandUUID: uuid, Command: command } = value;
  if (typeof uuid !== "string" || uuid === "" || uuid.length > 127) throw new Error("the command has no CommandUUID");
  if (!isPlist(command)) throw new Error(`command ${uuid} has no Command`);
  const requestType = command["RequestType"];
  return { uuid, requestType: typeof requestType === "string" ? requestType : "", command };
};

export type ReportStatus = "Acknowledged" | "Error" | "CommandFormatError" | "NotNow";

export interface Execution {
  readonly status: ReportStatus;
  /** Keys beside the identifiers, Status and CommandUUID. */
  readonly report: Plist;
  /** What happens once the server took the report: an erasure, a restart. True ends the session. */
  readonly after?: (() => Promise<boolean>) | undefined;
}
