import type { Sink } from "../../api/types.ts";
import { Badge } from "../../parts/badge.tsx";
import { toneOf } from "../../parts/states.ts";
import { enumWord } from "../../words/names.ts";

/** What a sink does now. */
export const SinkState = ({ of: { health } }: { readonly of: Sink }) => (
  <Badge tone={health?.state === "SINK_STATE_RUNNING" ? "ok" : toneOf(health?.state ?? "")}>
    {enumWord(health?.state ?? "", "SINK_STATE_")}
  </Badge>
);
