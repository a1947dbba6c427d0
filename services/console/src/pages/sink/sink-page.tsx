import { useParams } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import type { Sink } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { DeleteButton } from "../../parts/delete-button.tsx";
import { Page } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { DeadLetters } from "./dead-letters.tsx";
import { DESTINATIONS, kindOf } from "./destinations.ts";
import { EditSink } from "./sink-forms.tsx";
import { SinkState } from "./sink-state.tsx";

const REFRESH_MS = 5_000;

/** One sink: how far it is, what its other side said, and what that did not take. */
export function SinkPage() {
  const { sinkId } = useParams({ from: "/sinks/$sinkId" });
  const sink = useApi("/api/v1/sinks/{id}", { path: { id: sinkId } }, { refetchInterval: REFRESH_MS });
  return <Answered of={sink}>{(found) => <Known sink={found} />}</Answered>;
}

function Known({ sink }: { readonly sink: Sink }) {
  const { name, health, filter } = sink;
  const may = useMay("sink.write");
  return (
    <Page title={name} about={DESTINATIONS[kindOf(sink)].title} actions={may && <Steps sink={sink} />}>
      {(health?.lastError ?? "") !== "" && <p className="note bad">{health?.lastError}</p>}
      <dl className="summary">
        <div>
          <dt>State</dt>
          <dd>
            <SinkState of={sink} />
          </dd>
        </div>
        <div>
          <dt>Told of</dt>
          <dd>{filter?.types.join(", ") || "every event"}</dd>
        </div>
        <div>
          <dt>Behind</dt>
          <dd>{count(health?.lagEvents ?? 0)}</dd>
        </div>
        <div>
          <dt>Sent</dt>
          <dd>{count(health?.deliveredCount ?? 0)}</dd>
        </div>
        <div>
          <dt>Last success</dt>
          <dd>
            <Ago time={health?.lastSuccessAt} />
          </dd>
        </div>
        <div>
          <dt>Tried next</dt>
          <dd>
            <Ago time={health?.retryAt} never="–" />
          </dd>
        </div>
      </dl>
      <DeadLetters sinkId={sink.id} deadCount={health?.deadCount ?? 0} />
    </Page>
  );
}

function Steps({ sink }: { readonly sink: Sink }) {
  const { id, name, enabled } = sink;
  return (
    <>
      <ActButton
        act={() => api.post("/api/v1/sinks/{id}/test", { path: { id } })}
        outdates={["sinks"]}
        done={({ taken, answer }) => (taken ? "The other side took a test event." : `It was not taken: ${answer}`)}
      >
        Test
      </ActButton>
      <ActButton
        act={() => api.post(`/api/v1/sinks/{id}/${enabled ? "pause" : "resume"}`, { path: { id } })}
        outdates={["sinks"]}
        done={() => (enabled ? `${name} is paused; its position stays.` : `${name} goes on.`)}
      >
        {enabled ? "Pause" : "Resume"}
      </ActButton>
      <EditSink sink={sink} />
      <DeleteButton
        kind="sinks"
        id={id}
        name={name}
        seen={sink}
        consequence="Its position and what its other side did not take go with it; nothing more is sent."
      />
    </>
  );
}
