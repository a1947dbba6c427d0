/** A place in the outbox. Rows are told in this order: by transaction, then by sequence. Both are whole numbers in text. */
export interface Position {
  readonly xid: string;
  readonly seq: string;
}

/** One term of office of a relay. `R` is a row of the outbox. */
export interface RelayState<R extends Position> {
  /** Up to here the bus holds everything, as it has acknowledged or as its last event says. */
  readonly told: Position;
  /** What the cursor in the database says; never ahead of `told`. */
  readonly kept: Position;
  /** The sequence after which the next events have to stand; undefined when the bus has to be asked first. */
  readonly end: number | undefined;
  readonly streamMissing: boolean;
  /** Read and not yet told, in order: the page that is published, and the one read ahead. */
  readonly pages: readonly (readonly R[])[];
  /** The first page was refused as a whole, and goes out event by event. */
  readonly singly: boolean;
  /** The last look found nothing new. */
  readonly drained: boolean;
  readonly deposed: boolean;
}

/** What a relay wants done. All effects of one step may run at the same time. */
export type Effect<R extends Position> =
  | { readonly do: "find end" }
  | { readonly do: "restore stream" }
  | { readonly do: "read"; readonly after: Position }
  | { readonly do: "publish"; readonly page: readonly R[]; readonly after: number; readonly singly: boolean }
  | { readonly do: "keep"; readonly position: Position }
  | { readonly do: "rest" }
  | { readonly do: "leave" };

/** What came of it. */
export type Answer<R extends Position> =
  /** `told` is the place in the outbox of the stream's last event, where it has one; asked before `inOffice`. */
  | { readonly got: "end"; readonly sequence: number; readonly told: Position | undefined; readonly inOffice: boolean }
  | { readonly got: "no stream" }
  | { readonly got: "stream restored" }
  | { readonly got: "page"; readonly rows: readonly R[] }
  | { readonly got: "acknowledged"; readonly sequence: number }
  /** Some first part of the page may be in the stream; `moved`: the stream did not end where it should. */
  | { readonly got: "refused"; readonly moved: boolean }
  | { readonly got: "kept"; readonly position: Position }
  | { readonly got: "deposed" }
  | { readonly got: "rested" };

/** How many pages are in hand: one is read while the other is published. */
const PAGES = 2;

export const takeOffice = <R extends Position>(cursor: Position): RelayState<R> => ({
  told: cursor,
  kept: cursor,
  end: undefined,
  streamMissing: false,
  pages: [],
  singly: false,
  drained: false,
  deposed: false,
});

/** Takes the answers to the effects of the last step, in any order, and says what to do next. */
export function step<R extends Position>(
  state: RelayState<R>,
  answers: readonly Answer<R>[],
): { readonly state: RelayState<R>; readonly effects: readonly Effect<R>[] } {
  const next = answers.reduce(take, state);
  return { state: next, effects: effectsOf(next) };
}

function take<R extends Position>(state: RelayState<R>, answer: Answer<R>): RelayState<R> {
  switch (answer.got) {
    case "end":
      if (!answer.inOffice) return { ...state, deposed: true };
      return believe({ ...state, end: answer.sequence, streamMissing: false }, answer.told);
    case "no stream":
      return { ...state, streamMissing: true };
    case "stream restored":
      return { ...state, streamMissing: false };
    case "page":
      // What was read before the stream's end moved may not follow on what is in hand now.
      return answer.rows.length === 0
        ? { ...state, drained: true }
        : { ...state, pages: [...state.pages, answer.rows] };
    case "acknowledged": {
      const [page, ...pages] = state.pages;
      return { ...state, told: page?.at(-1) ?? state.told, end: answer.sequence, pages, singly: false };
    }
    case "refused":
      return { ...state, end: undefined, singly: !answer.moved };
    case "kept":
      return { ...state, kept: answer.position };
    case "deposed":
      return { ...state, deposed: true };
    case "rested":
      return { ...state, drained: false };
  }
}

/**
 * The stream's last event is the truth of how far the bus was told: a relay before this one may have published more
 * than it kept, and a bus that lost its end has less than it acknowledged. Only a cursor at the very beginning is
 * believed instead: somebody has set it there to have everything told again.
 */
function believe<R extends Position>(state: RelayState<R>, told: Position | undefined): RelayState<R> {
  if (told === undefined || isBeginning(state.told)) return state;
  if (isAfter(state.told, told)) return { ...state, told, pages: [], singly: false, drained: false };
  const pages = state.pages.map((page) => page.filter((row) => isAfter(row, told))).filter((page) => page.length > 0);
  return { ...state, told, pages };
}

function effectsOf<R extends Position>(state: RelayState<R>): Effect<R>[] {
  if (state.deposed) return [{ do: "leave" }];
  if (state.streamMissing) return [{ do: "restore stream" }];
  if (state.end === undefined) return [{ do: "find end" }];
  const effects: Effect<R>[] = [];
  const [page] = state.pages;
  if (page !== undefined) effects.push({ do: "publish", page, after: state.end, singly: state.singly });
  if (isAfter(state.told, state.kept) || isAfter(state.kept, state.told)) {
    effects.push({ do: "keep", position: state.told });
  }
  if (page === undefined && state.drained) effects.push({ do: "rest" });
  else if (state.pages.length < PAGES) effects.push({ do: "read", after: state.pages.at(-1)?.at(-1) ?? state.told });
  return effects;
}

export function isAfter(one: Position, other: Position): boolean {
  const [a, b] = [BigInt(one.xid), BigInt(other.xid)];
  return a === b ? BigInt(one.seq) > BigInt(other.seq) : a > b;
}

const isBeginning = ({ xid, seq }: Position): boolean => xid === "0" && seq === "0";
