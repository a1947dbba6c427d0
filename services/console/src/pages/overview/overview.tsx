import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Feed, useFeed } from "../../parts/feed.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { useMay } from "../../session/session.tsx";
import { counted } from "../../words/names.ts";
import { useAwaiting } from "../approvals/use-awaiting.ts";
import { Compliance } from "./compliance.tsx";
import { Platforms } from "./platforms.tsx";
import { Tiles } from "./tiles.tsx";
import { Trends } from "./trends.tsx";
import "./overview.css";

export function Overview() {
  const counts = useApi("/api/v1/device-counts");
  const policies = useApi("/api/v1/policies");
  const mayWatch = useMay("activity.read");
  const mayApprove = useMay("campaign.approve");
  return (
    <Page title="Overview" about="Every device, as it is now.">
      {mayApprove && <Waiting />}
      <Tiles counts={counts.data?.counts} policies={policies.data?.policies} />
      <div className="two">
        <div className="stack">
          <Panel title="Platforms" more={<Link to="/devices">All devices</Link>}>
            <Answered of={counts}>{(answer) => <Platforms counts={answer.counts} />}</Answered>
          </Panel>
          <Panel title="Compliance" more={<Link to="/policies">All policies</Link>} flush>
            <Answered of={policies}>{(answer) => <Compliance policies={answer.policies} />}</Answered>
          </Panel>
        </div>
        {mayWatch && <Recent />}
      </div>
      <Trends counts={counts.data?.counts} policies={policies.data?.policies} />
    </Page>
  );
}

/** Tells those who may approve that something waits for them. */
function Waiting() {
  const campaigns = useAwaiting();
  const waiting = campaigns.data?.campaigns.length ?? 0;
  if (waiting === 0) return null;
  return (
    <p className="note warn">
      {counted(waiting, "campaign")} {waiting === 1 ? "waits" : "wait"} for a second person.
      <Link to="/approvals">Look at {waiting === 1 ? "it" : "them"}</Link>
    </p>
  );
}

const FEED_LENGTH = 14;

function Recent() {
  const [openedAt] = useState(Date.now);
  const past = useApi("/api/v1/activities", { query: { pageSize: FEED_LENGTH } });
  const events = useFeed(past.data?.activities ?? [], () => true).slice(0, FEED_LENGTH);
  return (
    <Panel title="Activity" more={<Link to="/activity">All of it</Link>} flush>
      <Answered of={past} rows={8}>
        {() =>
          events.length === 0 ? (
            <Empty title="Quiet so far">What devices and people do appears here at once.</Empty>
          ) : (
            <Feed events={events} openedAt={openedAt} />
          )
        }
      </Answered>
    </Panel>
  );
}
