import { UnreadRows } from "./unread-rows.ts";

const DETAIL = Buffer.from('"muster_detail_');
const ANY = Buffer.from('"muster_');
const END_OF_NAME = Buffer.from('":');
const LONGEST_NAME = 100;
/** What follows the last answer: the end of "queries", and the next member's name. */
const LONGEST_END = 40;
const [OPEN, CLOSE, COMMA, END] = [0x5b, 0x5d, 0x2c, 0x7d];
/** Below this reading costs less than cutting. */
const LEAST_BYTES = 512;

export interface CutBody {
  /** The body, in JSON, with a number in the place of each answer that was cut out: -1 for the first, -2 … */
  readonly rest: string;
  readonly cut: readonly UnreadRows[];
}

/**
 * Cuts the long answers to detail queries out of the body of distributed/write without reading them. Hosts write no
 * spaces, and after an answer comes the next name of ours: whoever writes otherwise is cut less, or wrongly, which shows
 * when the piece is read. The rest is JSON exactly when the body is, if what was cut out is.
 */
export function cutAnswers(body: Buffer): CutBody {
  const pieces: string[] = [];
  const cut: UnreadRows[] = [];
  let done = 0;
  let name = body.indexOf(DETAIL);
  while (name !== -1) {
    const start = body.indexOf(END_OF_NAME, name + DETAIL.length) + END_OF_NAME.length;
    const next = body.indexOf(ANY, name + DETAIL.length);
    const stop = endOf(body, start, next === -1 ? body.length : next);
    if (start - name <= LONGEST_NAME && body[start] === OPEN && stop - start >= LEAST_BYTES) {
      cut.push(new UnreadRows(body.subarray(start, stop)));
      pieces.push(body.toString("utf8", done, start), String(-cut.length));
      done = stop;
    }
    name = next === -1 ? -1 : body.indexOf(DETAIL, next);
  }
  pieces.push(body.toString("utf8", done));
  return { rest: pieces.join(""), cut };
}

function endOf(body: Buffer, start: number, next: number): number {
  if (body[next - 1] === COMMA && body[next - 2] === CLOSE) return next - 1;
  for (let at = next - 1; at > Math.max(start, next - LONGEST_END); at--) {
    if (body[at] === END && body[at - 1] === CLOSE) return at;
  }
  return start;
}
