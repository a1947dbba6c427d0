import type { Schema } from "@muster/api-client/call";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ALL_DEVICES, SelectionFields } from "../../parts/selection-fields.tsx";
import { APPLE_PLATFORMS } from "../profile/profile.ts";
import type { Declaration } from "./declaration.ts";

export const NewDeclaration = () => <DeclarationForm title="New declaration" submitText="Create" />;

export const EditDeclaration = ({ declaration }: { readonly declaration: Declaration }) => (
  <DeclarationForm title="Edit" submitText="Save" declaration={declaration} />
);

const KINDS = [
  ["payload", "What Apple’s documentation describes"],
  ["update", "A version to have by a day"],
  ["status", "What devices tell of by themselves"],
] as const;

const EXAMPLE = { type: "com.apple.configuration.passcode.settings", payload: { MinimumLength: 8 } };

const kindOf = ({ softwareUpdate, statusItems }: Declaration): string =>
  softwareUpdate !== undefined ? "update" : statusItems.length > 0 ? "status" : "payload";

interface DeclarationFormProps {
  readonly title: string;
  readonly submitText: string;
  readonly declaration?: Declaration;
}

function DeclarationForm({ title, submitText, declaration }: DeclarationFormProps) {
  const isNew = declaration === undefined;
  const update = declaration?.softwareUpdate;
  const [kind, setKind] = useState<string>(isNew ? KINDS[0][0] : kindOf(declaration));
  const [name, setName] = useState(declaration?.name ?? "");
  const [description, setDescription] = useState(declaration?.description ?? "");
  const [type, setType] = useState(declaration?.type ?? EXAMPLE.type);
  const [payload, setPayload] = useState(JSON.stringify(declaration?.payload ?? EXAMPLE.payload, undefined, 2));
  const [version, setVersion] = useState(update?.targetOsVersion ?? "");
  const [deadline, setDeadline] = useState(update?.targetLocalDateTime.slice(0, 16) ?? "");
  const [items, setItems] = useState(declaration?.statusItems.join("\n") ?? "");
  const [enabled, setEnabled] = useState(declaration?.enabled ?? true);
  const [referred, setReferred] = useState(declaration !== undefined && declaration.selection === undefined);
  const [selection, setSelection] = useState(declaration?.selection ?? ALL_DEVICES);
  const what = (): Schema<"policy.DeclarationInput"> => {
    if (kind === "update")
      return {
        softwareUpdate: { ...update, targetOsVersion: version, targetLocalDateTime: `${deadline.slice(0, 16)}:00` },
      };
    if (kind === "status") return { statusItems: items.split(/\s+/).filter((item) => item !== "") };
    return { type, payload: parsed(payload) };
  };
  const submit = async () => {
    const body = {
      name,
      description,
      enabled,
      identifier: declaration?.identifier ?? "",
      contentType: declaration?.contentType ?? "",
      userChannel: declaration?.userChannel ?? false,
      predicate: declaration?.predicate ?? "",
      ...(!referred && { selection }),
      ...what(),
    };
    return isNew
      ? api.post("/api/v1/declarations", { body })
      : api.put("/api/v1/declarations/{id}", { path: { id: declaration.id }, body });
  };
  return (
    <FormDialog title={title} submitText={submitText} submit={submit} outdates={["declarations"]} primary={isNew} wide>
      <TextLine label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextLine label="What for" value={description} onChange={setDescription} />
      {isNew && <ChoiceField label="Kind" value={kind} onChange={setKind} choices={KINDS} />}
      {kind === "payload" && (
        <>
          {isNew && <TextLine label="Type" value={type} onChange={setType} code isRequired />}
          <TextLine label="Payload (JSON)" value={payload} onChange={setPayload} rows={6} code isRequired />
        </>
      )}
      {kind === "update" && (
        <>
          <TextLine label="Version" value={version} onChange={setVersion} isRequired help="Such as 26.1." />
          <TextLine
            label="By when, in the device’s own time"
            type="datetime-local"
            value={deadline}
            onChange={setDeadline}
            isRequired
          />
        </>
      )}
      {kind === "status" && (
        <TextLine
          label="Status items, one a line"
          value={items}
          onChange={setItems}
          rows={4}
          code
          isRequired
          help="Such as device.power.battery-health; beside those that every device tells of."
        />
      )}
      <SwitchLine text="In force" value={enabled} onChange={setEnabled} />
      <SwitchLine text="Only where another declaration refers to it" value={referred} onChange={setReferred} />
      {!referred && <SelectionFields value={selection} onChange={setSelection} platforms={APPLE_PLATFORMS} />}
    </FormDialog>
  );
}

function parsed(payload: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(payload) as Readonly<Record<string, unknown>>;
  } catch {
    throw new Error("The payload is not JSON: look for a comma or quote that is missing.");
  }
}
