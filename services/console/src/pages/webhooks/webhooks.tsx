import { Link } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import type { Webhook } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { NewWebhook } from "../webhook/webhook-forms.tsx";

const COLUMNS: readonly Column<Webhook>[] = [
  {
    title: "Webhook",
    cell: ({ id, name, url }) => (
      <Link to="/webhooks/$webhookId" params={{ webhookId: id }}>
        {name || url}
      </Link>
    ),
  },
  { title: "Address", width: "28%", minor: true, cell: ({ url }) => <code className="soft">{url}</code> },
  { title: "Health", width: "120px", cell: (webhook) => <Health webhook={webhook} /> },
  { title: "Waiting", width: "80px", numeric: true, minor: true, cell: ({ pendingCount }) => count(pendingCount) },
  { title: "Dead", width: "64px", numeric: true, minor: true, cell: ({ deadCount }) => count(deadCount) },
  { title: "Success", width: "100px", minor: true, cell: ({ lastSuccessAt }) => <Ago time={lastSuccessAt} /> },
];

function Health({ webhook }: { readonly webhook: Webhook }) {
  if (!webhook.enabled) return <Badge tone="warn">{webhook.disabledReason === "" ? "off" : "disabled"}</Badge>;
  if (webhook.consecutiveFailures > 0) return <Badge tone="bad">failing</Badge>;
  return webhook.lastSuccessAt === undefined ? <Badge>no event yet</Badge> : <Badge tone="ok">healthy</Badge>;
}

/** Addresses that are told of events, and how they take them. */
export function Webhooks() {
  const webhooks = useApi("/api/v1/webhooks");
  const may = useMay("webhook.write");
  const columns = may ? [...COLUMNS, { title: "Delete", width: "100px", cell: deleteOf }] : COLUMNS;
  return (
    <Page
      title="Webhooks"
      about="Events as signed HTTP requests, tried again for days."
      actions={may && <NewWebhook />}
    >
      <List
        label="Webhooks"
        of={webhooks}
        rows={(answer) => answer.webhooks}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Empty title="No webhook yet">Name an address, and for which events; every one is told.</Empty>}
      />
    </Page>
  );
}

const deleteOf = (webhook: Webhook) => (
  <ConfirmButton
    small
    verb="Delete"
    name={webhook.name || webhook.url}
    consequence="What still waits for it is not sent any more."
    act={() => api.delete("/api/v1/webhooks/{id}", { path: { id: webhook.id }, ifMatch: tagOf(webhook) })}
    outdates={["webhooks"]}
  />
);
