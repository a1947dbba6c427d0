import { Link } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import type { Device } from "../../api/types.ts";
import { useApi, usePages } from "../../api/use-api.ts";
import { Badge, Presence } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField, SearchField } from "../../parts/fields.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice, useFilters } from "../../parts/use-filters.ts";
import { useSettled } from "../../parts/use-settled.ts";
import { useMay } from "../../session/session.tsx";
import { counted, PLATFORM_NAMES, platformName } from "../../words/names.ts";
import { FactFilter } from "./fact-filter.tsx";
import { SavedViews } from "./saved-views.tsx";
import "./devices.css";

const COLUMNS: readonly Column<Device>[] = [
  {
    title: "Name",
    cell: ({ id, displayName, unenrolled }) => (
      <>
        <Link to="/devices/$deviceId" params={{ deviceId: id }}>
          {displayName || id}
        </Link>{" "}
        {unenrolled && <Badge tone="warn">unenrolled</Badge>}
      </>
    ),
  },
  { title: "Presence", width: "104px", cell: ({ online }) => <Presence online={online} /> },
  {
    title: "System",
    width: "21%",
    minor: true,
    cell: ({ platform, osName, osVersion }) => `${osName || platformName(platform)} ${osVersion}`,
  },
  {
    title: "Hardware",
    width: "21%",
    minor: true,
    cell: ({ hardwareVendor, hardwareModel }) => <span className="soft">{`${hardwareVendor} ${hardwareModel}`}</span>,
  },
  {
    title: "Serial number",
    width: "150px",
    minor: true,
    cell: ({ hardwareSerial }) => <code className="soft">{hardwareSerial}</code>,
  },
  { title: "Seen", width: "96px", cell: ({ lastSeenAt }) => <Ago time={lastSeenAt} /> },
];

const COMPLIANCE = [
  ["COMPLIANCE_FAILING", "Failing"],
  ["COMPLIANCE_PASSING", "Passing"],
  ["COMPLIANCE_UNKNOWN", "Not known"],
] as const;

const PLATFORMS = PLATFORM_NAMES.map(([platform]) => platform);

/** Every device, narrowed by the server and drawn as far as it is looked at. */
export function Devices() {
  const [filters, setFilters] = useFilters();
  const { search = "", labelId = "", presence = "", all = "", software = "", osVersion = "", condition = "" } = filters;
  const [platform, setPlatform] = useChoice("platform", PLATFORMS);
  const [compliance, setCompliance] = useChoice(
    "compliance",
    COMPLIANCE.map(([value]) => value),
  );
  const settled = useSettled(search);
  const mayJudge = useMay("policy.read");
  const labels = useApi("/api/v1/labels");
  const found = usePages("/api/v1/devices", {
    query: {
      search: settled,
      platform,
      labelId,
      presence,
      software,
      osVersion,
      compliance,
      condition,
      includeUnenrolled: all === "yes",
    },
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const devices = found.data?.pages.flatMap((page) => page.devices) ?? [];
  // One answer looks at so many devices only: where few are wanted of many there may be none in it.
  const looksOn = devices.length === 0 && hasNextPage;
  useEffect(() => {
    if (looksOn) more();
  }, [looksOn, more]);
  const isNarrowed = Object.keys(filters).length > 0;

  return (
    <Page
      title="Devices"
      about={found.data === undefined ? "…" : `${counted(devices.length, "device")}${hasNextPage ? " and more" : ""}`}
      actions={<SavedViews filters={filters} show={setFilters} />}
      fills
    >
      <div className="filters">
        <SearchField label="Search devices" value={search} onChange={(value) => setFilters({ search: value })} />
        <ChoiceField
          compact
          label="Platform"
          value={platform}
          onChange={setPlatform}
          choices={[["", "Every platform"], ...PLATFORM_NAMES]}
        />
        <ChoiceField
          compact
          label="Label"
          value={labelId}
          onChange={(value) => setFilters({ labelId: value })}
          choices={[["", "Any label"], ...(labels.data?.labels ?? []).map(({ id, name }) => [id, name] as const)]}
        />
        <ChoiceField
          compact
          label="Presence"
          value={presence}
          onChange={(value) => setFilters({ presence: value })}
          choices={[
            ["", "Online or not"],
            ["online", "Online"],
            ["offline", "Offline"],
          ]}
        />
        <ChoiceField
          compact
          label="Management"
          value={all}
          onChange={(value) => setFilters({ all: value })}
          choices={[
            ["", "Managed"],
            ["yes", "Also unenrolled"],
          ]}
        />
        {mayJudge && (
          <ChoiceField
            compact
            label="Compliance"
            value={compliance}
            onChange={setCompliance}
            choices={[["", "Passing or not"], ...COMPLIANCE]}
          />
        )}
        <FactFilter condition={condition} onChange={(value) => setFilters({ condition: value })} />
        {software !== "" && <Badge tone="info">has {software}</Badge>}
        {osVersion !== "" && <Badge tone="info">version {osVersion}</Badge>}
      </div>
      {found.isError && <ProblemNote problem={found.error} retry={() => void found.refetch()} />}
      {(found.isPending || looksOn) && <Loading rows={10} />}
      {found.data !== undefined && devices.length === 0 && !looksOn && (
        <section className="panel">
          {isNarrowed ? (
            <Empty title="No device is like this">Take a filter away, or search for less.</Empty>
          ) : (
            <Empty title="No device yet" command="npm start -- --hosts 25">
              <Link to="/enroll">Enroll your first device</Link>, or start with simulated ones.
            </Empty>
          )}
        </section>
      )}
      {devices.length > 0 && (
        <Table label="Devices" columns={COLUMNS} rows={devices} keyOf={({ id }) => id} long onEnd={more} />
      )}
    </Page>
  );
}
