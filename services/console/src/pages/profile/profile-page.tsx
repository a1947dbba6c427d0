import { useParams } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { useApi, usePages } from "../../api/use-api.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { AppliesTo } from "../../parts/applies-to.tsx";
import { Badge } from "../../parts/badge.tsx";
import { DeleteButton } from "../../parts/delete-button.tsx";
import { OnDevice } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { Share } from "../../parts/share.tsx";
import { StateFilter } from "../../parts/state-filter.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { count, counted, enumWord } from "../../words/names.ts";
import { type DeviceProfile, PROFILE_STATE, type Profile, partsOf } from "./profile.ts";
import { EditProfile, Findings } from "./profile-form.tsx";

const STATES = [
  "PROFILE_STATE_VERIFIED",
  "PROFILE_STATE_DELIVERED",
  "PROFILE_STATE_PENDING",
  "PROFILE_STATE_FAILED",
  "PROFILE_STATE_REMOVING",
] as const;

const COLUMNS: readonly Column<DeviceProfile>[] = [
  { title: "Device", cell: OnDevice },
  {
    title: "State",
    width: "110px",
    cell: ({ state }) => <Badge tone={toneOf(state)}>{enumWord(state, PROFILE_STATE)}</Badge>,
  },
  { title: "Revision", width: "90px", numeric: true, minor: true, cell: ({ revision }) => revision },
  { title: "Since", width: "100px", cell: ({ since }) => <Ago time={since} never="–" /> },
  { title: "Cause", width: "36%", minor: true, cell: ({ cause }) => <span className="soft">{cause}</span> },
];

/** One profile: what is in it, whom it is for, and how it stands on each of them. */
export function ProfilePage() {
  const { profileId } = useParams({ from: "/profiles/$profileId" });
  const profile = useApi("/api/v1/profiles/{id}", { path: { id: profileId } });
  return <Answered of={profile}>{(found) => <Known profile={found} />}</Answered>;
}

function Known({ profile }: { readonly profile: Profile }) {
  const may = useMay("profile.write");
  const [state, setState] = useChoice("state", STATES);
  const devices = usePages("/api/v1/profiles/{profileId}/devices", {
    path: { profileId: profile.id },
    query: { state },
  });
  const { name, counts } = profile;
  return (
    <Page title={name} about={profile.description} actions={may && <Steps profile={profile} />}>
      <Findings tone="warn" findings={profile.warnings} />
      <div className="two">
        <Panel title="What it holds" more={<Badge>revision {profile.revision}</Badge>}>
          <dl className="pairs">
            <dt>Identifier</dt>
            <dd>
              <code>{profile.identifier}</code>
            </dd>
            <dt>Payloads</dt>
            <dd>{profile.payloadTypes.join(", ")}</dd>
            <dt>Filled in</dt>
            <dd>{profile.variables.map((variable) => `$${variable}`).join(", ") || "nothing"}</dd>
            <dt>Signed by</dt>
            <dd>{profile.signer || "nobody"}</dd>
            <dt>For</dt>
            <dd>
              <AppliesTo selection={profile.selection} />
              {profile.userChannel && ", for each of its users"}
            </dd>
          </dl>
        </Panel>
        <Panel title="Where it stands">
          <div className="stack">
            <Share parts={partsOf(profile)} />
            <span>
              {count(counts?.verified ?? 0)} verified, {count(counts?.delivered ?? 0)} delivered,{" "}
              {count(counts?.failed ?? 0)} failed, {count(counts?.pending ?? 0)} wait, {count(counts?.removing ?? 0)}{" "}
              are being removed
            </span>
            <span className="faint small">
              Changed <Ago time={profile.updatedAt} /> by {profile.updatedBy}
            </span>
          </div>
        </Panel>
      </div>
      <StateFilter prefix={PROFILE_STATE} states={STATES} value={state} onChange={setState} />
      <PagedList
        label="Devices"
        of={devices}
        rows={(answer) => answer.profiles}
        columns={COLUMNS}
        keyOf={({ deviceId, userId }) => `${deviceId} ${userId}`}
        empty={
          <Empty title="No device like this">Devices of Apple’s that match get it when they are next woken.</Empty>
        }
      />
    </Page>
  );
}

function Steps({ profile }: { readonly profile: Profile }) {
  const { id, name, counts } = profile;
  return (
    <>
      {(counts?.failed ?? 0) > 0 && (
        <ActButton
          act={() => api.post("/api/v1/profiles/{id}/resend", { path: { id }, body: {} })}
          outdates={["profiles"]}
          done={({ resent }) => `${counted(resent, "device")} get it again.`}
        >
          Send again where it failed
        </ActButton>
      )}
      <SaveButton
        fileName={`${name}.mobileconfig`}
        read={async () => (await api.get("/api/v1/profiles/{id}/content", { path: { id } })).content}
        isBase64
      >
        Download
      </SaveButton>
      <EditProfile profile={profile} />
      <DeleteButton
        kind="profiles"
        id={id}
        name={name}
        seen={profile}
        consequence="It is removed from every device that has it."
      />
    </>
  );
}
