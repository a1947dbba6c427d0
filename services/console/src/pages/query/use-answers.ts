import type { Problem } from "@muster/api-client/problem";
import { useEffect, useState } from "react";
import { api } from "../../api/client.ts";
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
      const call = { path: { id }, signal: leaving.signal };
      const items = api.items("/api/v1/live-queries/{id}/answers", call);
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
