import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { counted } from "../../words/names.ts";
import type { Script } from "../script/script.ts";
import { NewScript } from "../script/script-form.tsx";

const COLUMNS: readonly Column<Script>[] = [
  {
    title: "Script",
    cell: ({ id, name }) => (
      <Link to="/scripts/$scriptId" params={{ scriptId: id }}>
        {name}
      </Link>
    ),
  },
  {
    title: "Begins",
    width: "32%",
    minor: true,
    cell: ({ content }) => <code className="soft">{content.split("\n").find((line) => !/^(#!|\s*$)/.test(line))}</code>,
  },
  {
    title: "Length",
    width: "100px",
    minor: true,
    cell: ({ content }) => <span className="soft">{counted(content.trimEnd().split("\n").length, "line")}</span>,
  },
  {
    title: "Changed by",
    width: "20%",
    minor: true,
    cell: ({ updatedBy }) => <span className="soft">{updatedBy}</span>,
  },
  { title: "Changed", width: "96px", cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
];

/** The scripts that were saved: what policies repair with, and all that a person’s own device may be asked to run. */
export function Scripts() {
  const scripts = useApi("/api/v1/scripts");
  const may = useMay("script.write");
  return (
    <Page
      title="Scripts"
      about="Saved once, run on a device or on all that carry a label; a policy can repair with one."
      actions={may && <NewScript />}
    >
      <List
        label="Scripts"
        of={scripts}
        rows={(answer) => answer.scripts}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No script yet">
            Save one, then run it from its page and watch the output come in, device by device.
          </Empty>
        }
      />
    </Page>
  );
}
