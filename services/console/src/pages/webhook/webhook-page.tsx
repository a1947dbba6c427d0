import type { Schema } from "@muster/api-client/call";
import { useParams } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import type { Webhook } from "../../api/types.ts";
import { useApi, usePages } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
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
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { count, counted, enumWord, eventName } from "../../words/names.ts";
import { EditWebhook } from "./webhook-forms.tsx";

/** One event on its way to a webhook. */
type Delivery = Schema<"notification.Delivery">;

const STATE = "DELIVERY_STATE_";
const STATES = ["DELIVERY_STATE_DELIVERED", "DELIVERY_STATE_PENDING", "DELIVERY_STATE_DEAD"] as const;
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
  const webhook = useApi("/api/v1/webhooks/{id}", { path: { id: webhookId } }, { refetchInterval: REFRESH_MS });
  return <Answered of={webhook}>{(found) => <Known webhook={found} />}</Answered>;
}

function Known({ webhook }: { readonly webhook: Webhook }) {
  const { id, name, url, eventTypes } = webhook;
  const may = useMay("webhook.write");
  const [state, setState] = useChoice("state", STATES);
  const deliveries = usePages(
    "/api/v1/webhooks/{webhookId}/deliveries",
    { path: { webhookId: id }, query: { state } },
    { refetchInterval: REFRESH_MS },
  );
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
      <StateFilter prefix={STATE} states={STATES} value={state} onChange={setState} />
      <PagedList
        label="Deliveries"
        of={deliveries}
        rows={(answer) => answer.deliveries}
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
      act={() =>
        api.post("/api/v1/webhooks/{webhookId}/replay", { path: { webhookId }, body: { deliveryIds: [delivery.id] } })
      }
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
          act={() => api.post("/api/v1/webhooks/{webhookId}/replay", { path: { webhookId: id }, body: {} })}
          outdates={["webhooks"]}
          done={({ replayed }) => `${counted(replayed, "delivery", "deliveries")} are sent again.`}
        >
          Send dead ones again
        </ActButton>
      )}
      <ActButton
        act={() =>
          api.put("/api/v1/webhooks/{id}", {
            path: { id },
            body: { name, url, eventTypes, labelIds, enabled: !enabled },
            ifMatch: tagOf(webhook),
          })
        }
        outdates={["webhooks"]}
        done={() => (enabled ? `${name || url} is told of nothing more.` : `${name || url} is told again.`)}
      >
        {enabled ? "Disable" : "Enable"}
      </ActButton>
      <EditWebhook webhook={webhook} />
      <FormDialog
        title="New secret"
        submitText="Make a new secret"
        primary={false}
        submit={() => api.post("/api/v1/webhooks/{id}/rotate-secret", { path: { id } })}
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
        seen={webhook}
        consequence="What still waits for it is not sent any more."
      />
    </>
  );
}
