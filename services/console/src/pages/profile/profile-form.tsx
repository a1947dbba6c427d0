import type { Schema } from "@muster/api-client/call";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Selection } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { AppliesTo } from "../../parts/applies-to.tsx";
import { SwitchLine } from "../../parts/choices.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { type ChosenFile, FileField } from "../../parts/file-field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ALL_DEVICES, SelectionFields } from "../../parts/selection-fields.tsx";
import { APPLE_PLATFORMS, type Finding, type Profile } from "./profile.ts";

/** What is said of a profile; a file only where one was chosen in the place of the one that is kept. */
type Draft = Pick<Profile, "name" | "description" | "userChannel"> & {
  readonly file: ChosenFile | { readonly kept: number } | undefined;
  readonly selection: Selection;
};

const BLANK: Draft = { file: undefined, name: "", description: "", selection: ALL_DEVICES, userChannel: false };

const draftOf = ({ name, description, revision, selection, userChannel }: Profile): Draft => ({
  file: { kept: revision },
  name,
  description,
  selection: selection ?? ALL_DEVICES,
  userChannel,
});

const chosenOf = ({ file }: Draft): ChosenFile | undefined =>
  file !== undefined && "content" in file ? file : undefined;

const FIELDS: Fields<Draft> = {
  file: {
    label: "Mobileconfig",
    show: (file) => (file === undefined || "kept" in file ? `as kept, revision ${file?.kept}` : file.name),
  },
  name: { label: "Name" },
  description: { label: "What for" },
  selection: { label: "For", show: (selection) => <AppliesTo selection={selection} /> },
  userChannel: { label: "For each of its users" },
};

function inputOf(draft: Draft): Schema<"policy.ProfileInput"> {
  const { name, description, selection, userChannel } = draft;
  const content = chosenOf(draft)?.content;
  return { name, description, selection, userChannel, ...(content !== undefined && { content }) };
}

export const UploadProfile = () => (
  <FormDialog
    title="Upload a profile"
    submitText="Upload"
    begin={BLANK}
    submit={(draft) => api.post("/api/v1/profiles", { body: inputOf(draft) })}
    outdates={["profiles"]}
    wide
  >
    {(draft, set) => <ProfileFields draft={draft} set={set} />}
  </FormDialog>
);

export const EditProfile = ({ profile }: { readonly profile: Profile }) => (
  <EditDialog
    title="Edit"
    submitText="Save"
    thing={profile}
    draftOf={draftOf}
    fields={FIELDS}
    save={(draft, { id }, ifMatch) => api.put("/api/v1/profiles/{id}", { path: { id }, body: inputOf(draft), ifMatch })}
    load={() => api.get("/api/v1/profiles/{id}", { path: { id: profile.id } })}
    outdates={["profiles"]}
  >
    {(draft, set) => <ProfileFields draft={draft} set={set} />}
  </EditDialog>
);

type Said = Schema<"policy.ValidateProfileResponse">;

interface ProfileFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

/** Takes a mobileconfig, says at once what the platform makes of it, and whom it is for. */
function ProfileFields({ draft, set }: ProfileFieldsProps) {
  const [said, setSaid] = useState<Said>();
  const { name, description, selection, userChannel } = draft;
  const take = (file: ChosenFile) => {
    setSaid(undefined);
    set({ file, ...(name === "" && { name: file.name.replace(/\.mobileconfig$/i, "") }) });
    // What cannot be read at all is refused again, with its reason, when it is uploaded.
    void api
      .post("/api/v1/profiles/validate", { body: { content: file.content, selection, userChannel } })
      .then(setSaid, () => undefined);
  };
  return (
    <>
      <FileField label="Mobileconfig" accepts={[".mobileconfig"]} value={chosenOf(draft)} onChange={take} />
      {said !== undefined && <Judgement said={said} />}
      <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired />
      <TextLine label="What for" value={description} onChange={(text) => set({ description: text })} />
      <SelectionFields
        value={selection}
        onChange={(chosen) => set({ selection: chosen })}
        platforms={APPLE_PLATFORMS}
      />
      <SwitchLine
        text="For each of its users, not for the device"
        value={userChannel}
        onChange={(each) => set({ userChannel: each })}
      />
    </>
  );
}

const Judgement = ({ said }: { readonly said: Said }) => (
  <div className="stack small">
    {said.identifier !== "" && (
      <p className="soft">
        <code>{said.identifier}</code> with {said.payloadTypes.join(", ") || "no payload"}
      </p>
    )}
    <Findings tone="bad" findings={said.problems} />
    <Findings tone="warn" findings={said.warnings} />
  </div>
);

export const Findings = ({
  tone,
  findings,
}: {
  readonly tone: "bad" | "warn";
  readonly findings: readonly Finding[];
}) =>
  findings.length > 0 && (
    <ul className={`note ${tone}`}>
      {findings.map(({ path, message }) => (
        <li key={path + message}>
          {path !== "" && <code>{path}</code>} {message}
        </li>
      ))}
    </ul>
  );
