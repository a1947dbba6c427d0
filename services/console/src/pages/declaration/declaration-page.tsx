import { useParams } from "@tanstack/react-router";
import { useApi, usePages } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { AppliesTo } from "../../parts/applies-to.tsx";
import { Badge } from "../../parts/badge.tsx";
import { DeleteButton } from "../../parts/delete-button.tsx";
import { OnDevice } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { Share } from "../../parts/share.tsx";
import { StateFilter } from "../../parts/state-filter.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { count, enumWord } from "../../words/names.ts";
import { DECLARATION_STATE, type Declaration, type DeviceDeclaration, partsOf, reasonOf } from "./declaration.ts";
import { EditDeclaration } from "./declaration-form.tsx";

const STATES = [
  "DECLARATION_STATE_ACTIVE",
  "DECLARATION_STATE_INACTIVE",
  "DECLARATION_STATE_INVALID",
  "DECLARATION_STATE_PENDING",
  "DECLARATION_STATE_REMOVING",
] as const;

const COLUMNS: readonly Column<DeviceDeclaration>[] = [
  { title: "Device", cell: OnDevice },
  {
    title: "State",
    width: "110px",
    cell: ({ state }) => <Badge tone={toneOf(state)}>{enumWord(state, DECLARATION_STATE)}</Badge>,
  },
  { title: "Told", width: "100px", cell: ({ reportedAt }) => <Ago time={reportedAt} never="–" /> },
  { title: "Reason", width: "42%", minor: true, cell: (device) => <span className="soft">{reasonOf(device)}</span> },
];

/** One declaration: what it wants, and which devices keep to it. */
export function DeclarationPage() {
  const { declarationId } = useParams({ from: "/declarations/$declarationId" });
  const declaration = useApi("/api/v1/declarations/{id}", { path: { id: declarationId } });
  return <Answered of={declaration}>{(found) => <Known declaration={found} />}</Answered>;
}

function Known({ declaration }: { readonly declaration: Declaration }) {
  const may = useMay("declaration.write");
  const [state, setState] = useChoice("state", STATES);
  const devices = usePages("/api/v1/declarations/{declarationId}/devices", {
    path: { declarationId: declaration.id },
    query: { state },
  });
  const { id, name, counts, payload, selection } = declaration;
  return (
    <Page
      title={name}
      about={declaration.description}
      actions={
        may && (
          <>
            <EditDeclaration declaration={declaration} />
            <DeleteButton
              kind="declarations"
              id={id}
              name={name}
              seen={declaration}
              consequence="Devices that keep to it stop doing so."
            />
          </>
        )
      }
    >
      {declaration.warnings.map((warning) => (
        <p className="note warn" key={warning}>
          {warning}
        </p>
      ))}
      <div className="two">
        <Panel title="What it wants" more={<Badge>{declaration.enabled ? "in force" : "off"}</Badge>}>
          <div className="stack">
            <code>{declaration.type}</code>
            {payload !== undefined && <pre>{JSON.stringify(payload, undefined, 2)}</pre>}
            <span>
              For {selection === undefined ? "what refers to it" : <AppliesTo selection={selection} />}
              {declaration.predicate !== "" && ` where ${declaration.predicate}`}
            </span>
          </div>
        </Panel>
        <Panel title="Where it stands">
          <div className="stack">
            <Share parts={partsOf(declaration)} />
            <span>
              {count(counts?.active ?? 0)} active, {count(counts?.inactive ?? 0)} inactive,{" "}
              {count(counts?.invalid ?? 0)} invalid, {count(counts?.pending ?? 0)} wait
            </span>
            <span className="faint small">
              Changed <Ago time={declaration.updatedAt} /> by {declaration.updatedBy}
            </span>
          </div>
        </Panel>
      </div>
      <StateFilter prefix={DECLARATION_STATE} states={STATES} value={state} onChange={setState} />
      <PagedList
        label="Devices"
        of={devices}
        rows={(answer) => answer.devices}
        columns={COLUMNS}
        keyOf={({ deviceId, userId }) => `${deviceId} ${userId}`}
        empty={
          <Empty title="No device like this">Devices of Apple’s that match hear of it when they are next woken.</Empty>
        }
      />
    </Page>
  );
}
