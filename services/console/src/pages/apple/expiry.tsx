import { Badge, type Tone } from "../../parts/badge.tsx";
import { counted } from "../../words/names.ts";
import { DAY_MS, exact } from "../../words/time.ts";

const SOON_DAYS = 30;
const AT_ONCE_DAYS = 7;

/** Until when something of Apple's is good: yellow a month before, red a week before. */
export function Expiry({ at }: { readonly at: string | undefined }) {
  if (at === undefined) return <span className="faint">–</span>;
  const days = Math.floor((Date.parse(at) - Date.now()) / DAY_MS);
  const tone: Tone = days < AT_ONCE_DAYS ? "bad" : days < SOON_DAYS ? "warn" : "ok";
  return (
    <time dateTime={at} title={exact(at)}>
      <Badge tone={tone}>{days < 0 ? "ended" : `${counted(days, "day")} left`}</Badge>
    </time>
  );
}
