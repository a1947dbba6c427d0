import { UnreadRows } from "./unread-rows.ts";

const QUERIES = Buffer.from('"queries":{');
const DETAIL = Buffer.from('"muster_detail_');
const END_OF_NAME = Buffer.from('":');
const LONGEST_NAME = 100;
// What an answer ends with is looked for by its bracket: quotation marks are everywhere in rows, closing brackets are not.
const NEXT_ANSWER = Buffer.from('],"muster_');
const NEXT_MEMBER = Buffer.from(']},"');
const END_OF_BODY = Buffer.from("]}}");
const OPEN = 0x5b;
/** Below this reading costs less than cutting. */
const LEAST_BYTES = 64;

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
  const queries = body.indexOf(QUERIES);
  let name = queries === -1 ? -1 : body.indexOf(DETAIL, queries + QUERIES.length);
  while (name !== -1) {
    const end = body.indexOf(END_OF_NAME, name + DETAIL.length);
    if (end === -1) break;
    const start = end + END_OF_NAME.length;
    let from = start;
    if (body[start] === OPEN && start - name <= LONGEST_NAME) {
      const next = body.indexOf(NEXT_ANSWER, start);
      const stop = next === -1 ? endOfLast(body, start) : next + 1;
      if (stop - start >= LEAST_BYTES) {
        cut.push(new UnreadRows(body.subarray(start, stop)));
        pieces.push(body.toString("utf8", done, start), String(-cut.length));
        done = stop;
      }
      if (next === -1) break;
      from = stop;
    }
    name = body.indexOf(DETAIL, from);
  }
  pieces.push(body.toString("utf8", done));
  return { rest: pieces.join(""), cut };
}

function endOfLast(body: Buffer, start: number): number {
  const end = body.indexOf(NEXT_MEMBER, start);
  if (end !== -1) return end + 1;
  const last = body.length - END_OF_BODY.length;
  return last >= start && body.indexOf(END_OF_BODY, last) === last ? last + 1 : start;
}
