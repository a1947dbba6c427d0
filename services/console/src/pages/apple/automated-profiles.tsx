import { useState } from "react";
import { api } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { SwitchLine } from "../../parts/choices.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Panel } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { type AutomatedProfile, PROFILES } from "./automated.ts";

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
                { title: "Profile", width: "30%", cell: ({ name }) => <strong>{name}</strong> },
                { title: "How", cell: (profile) => <span className="soft">{wordsOf(profile)}</span> },
                ...(may ? [{ title: "Delete", width: "100px", cell: deleteOf }] : []),
              ]}
            />
          )
        }
      </Answered>
    </Panel>
  );
}

const deleteOf = ({ id, name }: AutomatedProfile) => (
  <ConfirmButton
    small
    verb="Delete"
    name={name}
    consequence="Devices that are set up from now on do not get it."
    act={() => api.delete("/api/v1/automated-enrollment-profiles/{id}", { path: { id } })}
    outdates={[PROFILES]}
  />
);

function NewProfile() {
  const [name, setName] = useState("");
  const [department, setDepartment] = useState("");
  const [skipped, setSkipped] = useState("");
  const [mandatory, setMandatory] = useState(true);
  const [removable, setRemovable] = useState(false);
  const [awaitConfiguration, setAwaitConfiguration] = useState(true);
  const submit = () =>
    api.post("/api/v1/automated-enrollment-profiles", {
      body: {
        name,
        department,
        supervised: true,
        mandatory,
        removable,
        awaitConfiguration,
        skipSetupItems: skipped.split(/[\s,]+/).filter((item) => item !== ""),
      },
    });
  return (
    <FormDialog title="New setup profile" submitText="Create" submit={submit} outdates={[PROFILES]} primary={false}>
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextLine label="Department, shown to whoever sets it up" value={department} onChange={setDepartment} />
      <TextLine
        label="Panes to leave out"
        value={skipped}
        onChange={setSkipped}
        help="Such as Siri, Privacy, Payment."
      />
      <SwitchLine text="Enrollment cannot be skipped" value={mandatory} onChange={setMandatory} />
      <SwitchLine text="Management can be removed by its user" value={removable} onChange={setRemovable} />
      <SwitchLine text="Waits until it is configured" value={awaitConfiguration} onChange={setAwaitConfiguration} />
    </FormDialog>
  );
}
