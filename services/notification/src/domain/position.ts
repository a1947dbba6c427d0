import { refuse } from "./refusals.ts";

/** Where an event stands in the stream: its transaction, and its place within. Both exceed what a number holds exactly. */
export interface Position {
  readonly xid: string;
  readonly seq: string;
}

export const START: Position = { xid: "0", seq: "0" };

const SHAPE = /^(\d{1,19})\.(\d{1,18})$/;

/** Reads a position; "0" is the first event kept, and nothing is given for "from now on". */
export function parsePosition(text: string): Position | undefined {
  if (text === "") return undefined;
  if (text === "0") return START;
  const [, xid, seq] = SHAPE.exec(text) ?? [];
  if (xid === undefined || seq === undefined) {
    throw refuse(
      "activity.bad_position",
      `"${text}" is no position: use one that an event carried, or 0 for the first kept`,
    );
  }
  return { xid, seq };
}

export const positionText = ({ xid, seq }: Position): string => `${xid}.${seq}`;
