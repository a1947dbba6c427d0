import { useParams } from "@tanstack/react-router";
import { send } from "../../api/client.ts";
import type { Webhook } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { DeleteButton } from "../../parts/delete-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Page } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { StateFilter } from "../../parts/state-filter.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { count, counted, enumWord, eventName } from "../../words/names.ts";

/** One event on its way to a webhook. */
interface Delivery {
  readonly id: string;
  readonly eventType: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastStatus: number;
  readonly lastError: string;
  readonly nextAttemptAt?: string;
  readonly eventTime?: string;
  readonly deliveredAt?: string;
}

interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly nextPageToken: string;
}

const STATE = "DELIVERY_STATE_";
const REFRESH_MS = 5_000;

const COLUMNS: readonly Column<Delivery>[] = [
  { title: "Event", cell: ({ eventType }) => <strong title={eventType}>{eventName(eventType)}</strong> },
  {
    title: "State",
    width: "100px",
    cell: ({ state }) => <Badge tone={toneOf(state)}>{enumWord(state, STATE)}</Badge>,
  },
  { title: "Tries", width: "64px", numeric: true, minor: true, cell: ({ attempts }) => attempts },
  {
    title: "Answer",
    width: "28%",
    minor: true,
    cell: ({ lastError, lastStatus }) => (
      <span className="soft" title={lastError}>
        {[lastStatus > 0 ? lastStatus : "", lastError].filter(Boolean).join(" ")}
      </span>
    ),
  },
  { title: "Happened", width: "100px", cell: ({ eventTime }) => <Ago time={eventTime} never="–" /> },
  {
    title: "Next try",
    width: "96px",
    minor: true,
    cell: ({ nextAttemptAt }) => <Ago time={nextAttemptAt} never="–" />,
  },
];

/** One webhook: what was sent to it, what came back, and a way to send it again. */
export function WebhookPage() {
  const { webhookId } = useParams({ from: "/webhooks/$webhookId" });
  const webhook = useApi<Webhook>(`webhooks/${webhookId}`, {}, { refetchInterval: REFRESH_MS });
  return <Answered of={webhook}>{(found) => <Known webhook={found} />}</Answered>;
}

function Known({ webhook }: { readonly webhook: Webhook }) {
  const { id, name, url, eventTypes } = webhook;
  const may = useMay("webhook.write");
  const [{ state = "" }, setFilters] = useFilters();
  const columns = may ? [...COLUMNS, { title: "Again", width: "104px", cell: again(id) }] : COLUMNS;
  return (
    <Page title={name || url} about={<code>{url}</code>} actions={may && <Steps webhook={webhook} />}>
      {webhook.disabledReason !== "" && <p className="note bad">{webhook.disabledReason}</p>}
      <dl className="summary">
        <div>
          <dt>Told of</dt>
          <dd>{eventTypes.join(", ") || "every event"}</dd>
        </div>
        <div>
          <dt>Wait</dt>
          <dd>{count(webhook.pendingCount)}</dd>
        </div>
        <div>
          <dt>Dead</dt>
          <dd>{count(webhook.deadCount)}</dd>
        </div>
        <div>
          <dt>Last success</dt>
          <dd>
            <Ago time={webhook.lastSuccessAt} />
          </dd>
        </div>
        <div>
          <dt>Last answer</dt>
          <dd>{webhook.lastStatus || "–"}</dd>
        </div>
      </dl>
      <StateFilter
        prefix={STATE}
        states={["DELIVERED", "PENDING", "DEAD"]}
        value={state}
        onChange={(value) => setFilters({ state: value })}
      />
      <PagedList<DeliveryPage, Delivery>
        label="Deliveries"
        path={`webhooks/${id}/deliveries`}
        query={{ state }}
        refetchInterval={REFRESH_MS}
        rows={({ deliveries }) => deliveries}
        columns={columns}
        keyOf={(delivery) => delivery.id}
        empty={
          <Empty title="No delivery like this">
            {webhook.enabled
              ? "Each event that it is told of appears here, with what the address answered."
              : "It is off: nothing is sent until it is enabled."}
          </Empty>
        }
      />
    </Page>
  );
}

const again = (webhookId: string) => (delivery: Delivery) =>
  !delivery.state.endsWith("PENDING") && (
    <ActButton
      small
      act={() => send("POST", `webhooks/${webhookId}/replay`, { deliveryIds: [delivery.id] })}
      outdates={["webhooks"]}
      done={() => `${eventName(delivery.eventType)} is sent again.`}
    >
      Send again
    </ActButton>
  );

function Steps({ webhook }: { readonly webhook: Webhook }) {
  const { id, name, url, eventTypes, labelIds, enabled } = webhook;
  return (
    <>
      {webhook.deadCount > 0 && (
        <ActButton
          primary
          act={() => send<{ replayed: number }>("POST", `webhooks/${id}/replay`)}
          outdates={["webhooks"]}
          done={({ replayed }) => `${counted(replayed, "delivery", "deliveries")} are sent again.`}
        >
          Send dead ones again
        </ActButton>
      )}
      <ActButton
        act={() =>
          send("PUT", `webhooks/${id}`, {
            name,
            url,
            eventTypes,
            labelIds,
            enabled: !enabled,
          })
        }
        outdates={["webhooks"]}
        done={() => (enabled ? `${name || url} is told of nothing more.` : `${name || url} is told again.`)}
      >
        {enabled ? "Disable" : "Enable"}
      </ActButton>
      <FormDialog
        title="New secret"
        submitText="Make a new secret"
        primary={false}
        submit={() => send<Webhook>("POST", `webhooks/${id}/rotate-secret`)}
        outdates={["webhooks"]}
        once={({ secret }) => secret}
      >
        <p className="soft">
          Deliveries are signed with both secrets for a while, so that its receiver can change over without losing one.
        </p>
      </FormDialog>
      <DeleteButton
        kind="webhooks"
        id={id}
        name={name || url}
        consequence="What still waits for it is not sent any more."
      />
    </>
  );
}
