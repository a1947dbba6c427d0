import { Download } from "lucide-react";
import { useState } from "react";
import { Form } from "react-aria-components";
import { api } from "../../api/client.ts";
import type { Carve, Device } from "../../api/types.ts";
import { useChange, usePages } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { Panel } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { useMay } from "../../session/session.tsx";

/** While files are under way, their progress is looked at so often; no event tells of it. */
const ASK_EVERY_MS = 2_000;

const isUnderWay = ({ state }: Carve): boolean => state === "requested" || state === "receiving";

/** Files that a device was asked to send, and a place to ask for more. */
export function DeviceFiles({ device }: { readonly device: Device }) {
  const mayAsk = useMay("carve.write") && !device.unenrolled;
  const [underWay, setUnderWay] = useState(false);
  const carves = usePages(
    "/api/v1/carves",
    { query: { deviceId: device.id } },
    underWay ? { refetchInterval: ASK_EVERY_MS } : {},
  );
  const some = carves.data?.pages.some((page) => page.carves.some(isUnderWay)) ?? false;
  if (some !== underWay) setUnderWay(some);
  return (
    <div className="stack">
      {mayAsk && <AskForFiles device={device} />}
      <PagedList
        label="Files"
        of={carves}
        rows={(answer) => answer.carves}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <Empty title="It was not asked for files yet">
            osquery on the device sends what matches a path, as one archive.
          </Empty>
        }
      />
    </div>
  );
}

function AskForFiles({ device }: { readonly device: Device }) {
  const [path, setPath] = useState("");
  const ask = useChange(() => api.post("/api/v1/carves", { body: { deviceId: device.id, path } }), "carves");
  return (
    <Panel title="Have it send files">
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate(undefined, { onSuccess: () => setPath("") });
        }}
      >
        <TextLine
          label="Path"
          value={path}
          onChange={setPath}
          help="A % stands for any part of a name: /var/log/%.log"
          code
          isRequired
        />
        {ask.isError && <ProblemNote problem={ask.error} />}
        <div>
          <WaitingButton className="button primary" type="submit" isWaiting={ask.isPending}>
            Ask for them
          </WaitingButton>
        </div>
      </Form>
    </Panel>
  );
}

const COLUMNS: readonly Column<Carve>[] = [
  { title: "Path", cell: ({ path }) => <code>{path}</code> },
  {
    title: "State",
    width: "150px",
    cell: ({ blocksExpected, blocksReceived, error, state }) => (
      <span className="row">
        <Badge tone={toneOf(state.toUpperCase())}>{state}</Badge>
        {state === "receiving" && (
          <span className="faint small">
            {blocksReceived} of {blocksExpected}
          </span>
        )}
        {error !== "" && <span className="faint small">{error}</span>}
      </span>
    ),
  },
  { title: "Asked for", width: "120px", minor: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
  {
    title: "Archive",
    width: "130px",
    cell: ({ id, sizeBytes, state }) =>
      state === "completed" && (
        <a className="button small" href={`/api/v1/carves/${id}/content`} download={`carve-${id}.tar`}>
          <Download size={14} aria-hidden="true" />
          {sizeOf(sizeBytes)}
        </a>
      ),
  },
];

const UNITS = ["B", "kB", "MB", "GB"] as const;

/** A size for people, three digits at most. */
function sizeOf(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** step;
  return `${value.toFixed(step > 0 && value < 10 ? 1 : 0)} ${UNITS[step]}`;
}
