import { api } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { Answered } from "../../parts/answered.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { type AutomatedProfile, PROFILES } from "./automated.ts";
import { EditProfile, NewProfile } from "./automated-profile-forms.tsx";

const wordsOf = (profile: AutomatedProfile): string =>
  [
    profile.supervised && "supervised",
    profile.mandatory && "cannot be skipped",
    !profile.removable && "cannot be removed",
    profile.awaitConfiguration && "waits until it is configured",
    profile.skipSetupItems.length > 0 && `without ${profile.skipSetupItems.join(", ")}`,
  ]
    .filter(Boolean)
    .join(", ");

/** How devices go through Setup Assistant. */
export function AutomatedProfiles() {
  const profiles = useApi("/api/v1/automated-enrollment-profiles");
  const may = useMay("enrollment.automated");
  return (
    <Panel title="Setup profiles" more={may && <NewProfile />} flush>
      <Answered of={profiles}>
        {(answer) =>
          answer.profiles.length === 0 ? (
            <Empty title="No setup profile yet">
              It says how Setup Assistant goes: what it leaves out, and whether a device may be released from
              management.
            </Empty>
          ) : (
            <Table
              label="Setup profiles"
              rows={answer.profiles}
              keyOf={({ id }) => id}
              columns={[
                { title: "Profile", cell: ({ name }) => <strong>{name}</strong> },
                {
                  title: "How",
                  width: "50%",
                  minor: true,
                  cell: (profile) => <span className="soft">{wordsOf(profile)}</span>,
                },
                ...(may
                  ? [
                      { title: "Edit", width: "76px", cell: editOf },
                      { title: "Delete", width: "100px", cell: deleteOf },
                    ]
                  : []),
              ]}
            />
          )
        }
      </Answered>
    </Panel>
  );
}

const editOf = (profile: AutomatedProfile) => <EditProfile profile={profile} />;

const deleteOf = (profile: AutomatedProfile) => (
  <ConfirmButton
    small
    verb="Delete"
    name={profile.name}
    consequence="Devices that are set up from now on do not get it."
    act={() =>
      api.delete("/api/v1/automated-enrollment-profiles/{id}", { path: { id: profile.id }, ifMatch: tagOf(profile) })
    }
    outdates={[PROFILES]}
  />
);
