import { useEffect, useState } from "react";
import type { Problem } from "../../api/client.ts";
import { stream } from "../../api/stream.ts";
import type { Answer, LiveQuery } from "../../api/types.ts";

interface Answers {
  readonly query?: LiveQuery;
  readonly answers: readonly Answer[];
  readonly problem?: Problem;
  readonly ended: boolean;
}

const NONE: Answers = { answers: [], ended: false };

/** How often what came is drawn: a thousand devices may answer within a second. */
const DRAW_MS = 150;

/** A live query's answers as they come. */
export function useAnswers(id: string): Answers {
  const [shown, setShown] = useState<Answers>(NONE);
  useEffect(() => {
    setShown(NONE);
    if (id === "") return;
    const leaving = new AbortController();
    let current: Answers = NONE;
    const answers: Answer[] = [];
    const draw = () => setShown({ ...current, answers: [...answers] });
    const drawing = setInterval(draw, DRAW_MS);
    const follow = async () => {
      const items = stream<{ answer?: Answer; liveQuery?: LiveQuery }>(
        `live-queries/${id}/answers`,
        {},
        leaving.signal,
      );
      for await (const { answer, liveQuery } of items) {
        if (answer) answers.push(answer);
        if (liveQuery) current = { ...current, query: liveQuery };
      }
    };
    follow()
      .catch((problem: Problem) => {
        current = { ...current, problem };
      })
      .finally(() => {
        clearInterval(drawing);
        current = { ...current, ended: true };
        if (!leaving.signal.aborted) draw();
      });
    return () => {
      leaving.abort();
      clearInterval(drawing);
    };
  }, [id]);
  return shown;
}
