import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Webhook } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";

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

const deleteOf = ({ id, name, url }: Webhook) => (
  <ConfirmButton
    small
    verb="Delete"
    name={name || url}
    consequence="What still waits for it is not sent any more."
    act={() => api.delete("/api/v1/webhooks/{id}", { path: { id } })}
    outdates={["webhooks"]}
  />
);

function NewWebhook() {
  const [name, setName] = useState("");
  const [url, setUrl] = useState("https://");
  const [types, setTypes] = useState("");
  const submit = () =>
    api.post("/api/v1/webhooks", {
      body: {
        name,
        url,
        enabled: true,
        eventTypes: types.split(/[\s,]+/).filter((type) => type !== ""),
      },
    });
  return (
    <FormDialog
      title="New webhook"
      submitText="Create"
      submit={submit}
      outdates={["webhooks"]}
      once={({ secret }) => secret}
    >
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextLine label="Address" type="url" value={url} onChange={setUrl} isRequired />
      <TextLine
        label="Event types"
        value={types}
        onChange={setTypes}
        help="Such as muster.policy.v1.ComplianceChanged; a trailing * stands for any rest, nothing for all."
      />
    </FormDialog>
  );
}
