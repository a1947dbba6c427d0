import type { Schema } from "@muster/api-client/call";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { type ChosenFile, FileField } from "../../parts/file-field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ALL_DEVICES, SelectionFields } from "../../parts/selection-fields.tsx";
import { APPLE_PLATFORMS, type Finding, type Profile } from "./profile.ts";

export const UploadProfile = () => <ProfileForm title="Upload a profile" submitText="Upload" />;

export const EditProfile = ({ profile }: { readonly profile: Profile }) => (
  <ProfileForm title="Edit" submitText="Save" profile={profile} />
);

type Said = Schema<"policy.ValidateProfileResponse">;

interface ProfileFormProps {
  readonly title: string;
  readonly submitText: string;
  readonly profile?: Profile;
}

/** Takes a mobileconfig, says at once what the platform makes of it, and whom it is for. */
function ProfileForm({ title, submitText, profile }: ProfileFormProps) {
  const [file, setFile] = useState<ChosenFile>();
  const [said, setSaid] = useState<Said>();
  const [name, setName] = useState(profile?.name ?? "");
  const [description, setDescription] = useState(profile?.description ?? "");
  const [selection, setSelection] = useState(profile?.selection ?? ALL_DEVICES);
  const [userChannel, setUserChannel] = useState(profile?.userChannel ?? false);
  const take = (chosen: ChosenFile) => {
    setFile(chosen);
    setSaid(undefined);
    if (name === "") setName(chosen.name.replace(/\.mobileconfig$/i, ""));
    // What cannot be read at all is refused again, with its reason, when it is uploaded.
    void api
      .post("/api/v1/profiles/validate", { body: { content: chosen.content, selection, userChannel } })
      .then(setSaid, () => undefined);
  };
  const submit = () => {
    const body = { name, description, selection, userChannel, ...(file !== undefined && { content: file.content }) };
    return profile === undefined
      ? api.post("/api/v1/profiles", { body })
      : api.put("/api/v1/profiles/{id}", { path: { id: profile.id }, body });
  };
  return (
    <FormDialog
      title={title}
      submitText={submitText}
      submit={submit}
      outdates={["profiles"]}
      primary={profile === undefined}
      wide
    >
      <FileField label="Mobileconfig" accepts={[".mobileconfig"]} value={file} onChange={take} />
      {said !== undefined && <Judgement said={said} />}
      <TextLine label="Name" value={name} onChange={setName} isRequired />
      <TextLine label="What for" value={description} onChange={setDescription} />
      <SelectionFields value={selection} onChange={setSelection} platforms={APPLE_PLATFORMS} />
      <SwitchLine text="For each of its users, not for the device" value={userChannel} onChange={setUserChannel} />
    </FormDialog>
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
