import type { Json } from "../api/client.ts";
import type { Asked } from "../commands/command.ts";
import { stateName } from "../commands/resources/resource.ts";
import { endSeveral, type Undone } from "../commands/several.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type Column, cellText, type Format, printList } from "../output/print.ts";
import type { Awaited } from "./await-commands.ts";

const COLUMNS: readonly Column[] = [
  ["device", (row) => row.device],
  ["state", (row) => stateName(row.state)],
  ["answer", answerOf],
  ["command", (row) => row.id],
];

const ACKNOWLEDGED = "COMMAND_STATE_ACKNOWLEDGED";

/** Prints each device's command, and ends by how many were asked and, when they were waited for, carried it out. */
export async function reportAsked(
  format: Format,
  devices: readonly Json[],
  asked: Asked,
  awaited: Awaited | undefined,
): Promise<void> {
  const { commands, isBrokenOff } = awaited ?? { ...asked, isBrokenOff: false };
  const names = new Map(devices.map(({ id, displayName }) => [id, displayName]));
  const rows = commands.map((command) => ({ device: names.get(command.deviceId), ...command }));
  const columns = awaited ? COLUMNS : COLUMNS.filter(([head]) => head !== "answer");
  if (rows.length > 0 || format !== "table") await printList(rows, columns, format);
  if (asked.count > commands.length)
    process.stderr.write(`${asked.count} commands are queued; \`muster get commands\` lists them\n`);
  if (isBrokenOff)
    throw new Failure(EXIT.interrupted, "broken off; what was asked stays, and `muster command cancel` withdraws it");
  const undone = [...asked.undone, ...(awaited ? rows.flatMap(failureOf) : [])];
  endSeveral(undone, asked.count + asked.undone.length);
}

function failureOf(row: Json): Undone[] {
  if (row.state === ACKNOWLEDGED) return [];
  const isOpen = row.endedAt === undefined || row.endedAt === null;
  const why = answerOf(row);
  const message = isOpen ? "has not ended yet" : `${stateName(row.state)}${why === "" ? "" : `: ${why}`}`;
  return [{ subject: row.device, failure: new Failure(isOpen ? EXIT.unreachable : EXIT.failed, message) }];
}

/** Why it failed, or what it answered. */
function answerOf({ result }: Json): string {
  if (!result) return "";
  const errors = ((result.appleErrors ?? []) as Json[]).map(({ description, code }) => description || `error ${code}`);
  return [result.reason, ...errors].filter(Boolean).join("; ") || cellText(result.appleResponse ?? "");
}
