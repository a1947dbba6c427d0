import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import { useApi, usePages } from "../../api/use-api.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { chosen, FileField, NO_FILE } from "../../parts/file-field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { List } from "../../parts/list.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { Expiry } from "./expiry.tsx";

/** A location's content token: what says that its licenses may be given out here. */
type AppToken = Schema<"command.AppToken">;

/** An app or book, and how many licenses of it there are. */
type AppAsset = Schema<"command.AppAsset">;

const OUTDATES = ["app-tokens", "app-assets"];

const TOKEN_COLUMNS: readonly Column<AppToken>[] = [
  { title: "Location", cell: ({ location, organization }) => <strong>{location || organization}</strong> },
  {
    title: "Problem",
    width: "34%",
    minor: true,
    cell: ({ problem, claimedBy }) => (
      <span className="soft">{problem || (claimedBy !== "" && `managed by ${claimedBy}`) || "none"}</span>
    ),
  },
  { title: "Good for", width: "116px", cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
  { title: "In step", width: "96px", minor: true, cell: ({ syncedAt }) => <Ago time={syncedAt} /> },
];

const ASSET_COLUMNS: readonly Column<AppAsset>[] = [
  {
    title: "App or book",
    cell: ({ adamId }) => (
      <a href={`https://apps.apple.com/app/id${adamId}`} target="_blank" rel="noreferrer">
        {adamId}
      </a>
    ),
  },
  { title: "Kind", width: "90px", minor: true, cell: ({ productType }) => <span className="soft">{productType}</span> },
  {
    title: "For",
    width: "24%",
    minor: true,
    cell: ({ platforms }) => <span className="soft">{platforms.join(", ")}</span>,
  },
  { title: "Given out", width: "96px", numeric: true, cell: ({ assignedCount }) => count(assignedCount) },
  { title: "Left", width: "72px", numeric: true, cell: ({ availableCount }) => count(availableCount) },
  { title: "All", width: "72px", numeric: true, minor: true, cell: ({ totalCount }) => count(totalCount) },
];

const deleteOf = ({ id, location }: AppToken) => (
  <ConfirmButton
    small
    verb="Delete"
    name={location}
    consequence="Licenses are neither given out nor taken back here any more; those that devices hold they keep."
    act={() => api.delete("/api/v1/app-tokens/{id}", { path: { id } })}
    outdates={OUTDATES}
  />
);

/** The apps and books that were bought, and where their licenses are. */
export function AppsAndBooks() {
  const tokens = useApi("/api/v1/app-tokens");
  const may = useMay("app_license.write");
  const columns = may ? [...TOKEN_COLUMNS, { title: "Delete", width: "100px", cell: deleteOf }] : TOKEN_COLUMNS;
  return (
    <div className="stack">
      {may && (
        <div>
          <UploadToken />
        </div>
      )}
      <List
        label="Content tokens"
        of={tokens}
        rows={(answer) => answer.tokens}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No content token yet">
            Apple Business Manager has one for each location, under Payments and Billing. With it devices get the apps
            that were bought, without an account of their users.
          </Empty>
        }
      />
      {(tokens.data?.tokens.length ?? 0) > 0 && <Assets />}
    </div>
  );
}

function Assets() {
  const assets = usePages("/api/v1/app-assets");
  return (
    <PagedList
      label="Apps and books"
      of={assets}
      rows={(answer) => answer.assets}
      columns={ASSET_COLUMNS}
      keyOf={({ tokenId, adamId, pricingParam }) => `${tokenId} ${adamId} ${pricingParam}`}
      empty={<Empty title="No app yet">What is bought at Apple appears here when it is next asked.</Empty>}
    />
  );
}

const UploadToken = () => (
  <FormDialog
    title="Upload a content token"
    submitText="Upload"
    begin={{ ...NO_FILE, takeOver: false }}
    submit={async ({ file, takeOver }) => {
      const content = atob(chosen(file, "the token’s file").content).trim();
      return api.post("/api/v1/app-tokens", { body: { content, takeOver } });
    }}
    outdates={OUTDATES}
  >
    {({ file, takeOver }, set) => (
      <>
        <FileField label="Token" accepts={[".vpptoken"]} value={file} onChange={(token) => set({ file: token })} />
        <SwitchLine
          text="Take it over from another device management"
          value={takeOver}
          onChange={(over) => set({ takeOver: over })}
        />
      </>
    )}
  </FormDialog>
);
