import { Problem } from "@muster/api-client/problem";
import { api } from "../../api/client.ts";
import type { Sink } from "../../api/types.ts";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { SwitchLine } from "../../parts/choices.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { LabelChoices } from "../../parts/label-choices.tsx";
import { KEEPS_SECRET, SecretField } from "../../parts/secret-field.tsx";
import { DESTINATIONS, type DestinationField, type DestinationKind, formatsOf, KINDS, kindOf } from "./destinations.ts";
import { blankDraft, draftOf, fieldsOf, inputOf, placeOf, type SinkDraft } from "./sink-draft.ts";

const newSink = (kind: DestinationKind) => ({ kind, draft: blankDraft(kind) });

export const NewSink = () => (
  <FormDialog
    title="New sink"
    submitText="Create"
    begin={newSink("splunkHec")}
    submit={({ kind, draft }) => api.post("/api/v1/sinks", { body: inputOf(kind, draft) })}
    outdates={["sinks"]}
    wide
  >
    {({ kind, draft }, set) => (
      <>
        <ChoiceField
          label="What the other side is"
          value={kind}
          onChange={(chosen) => {
            const { name, types, labelIds } = draft;
            set({ kind: chosen, draft: { ...blankDraft(chosen), name, types, labelIds } });
          }}
          choices={KINDS.map((each) => [each, DESTINATIONS[each].title] as const)}
        />
        <SinkFields kind={kind} draft={draft} set={(change) => set({ draft: { ...draft, ...change } })} secrets="new" />
      </>
    )}
  </FormDialog>
);

const isSecretNeeded = (problem: Error | null): boolean =>
  problem instanceof Problem && problem.code === "sink.secret_needed";

/** What the other side is stays; its secrets do where none is written, as long as its host is the same. */
export function EditSink({ sink }: { readonly sink: Sink }) {
  const kind = kindOf(sink);
  return (
    <EditDialog
      title="Edit"
      submitText="Save"
      thing={sink}
      draftOf={draftOf}
      fields={fieldsOf(kind)}
      save={(draft, seen, ifMatch) =>
        api.put("/api/v1/sinks/{id}", { path: { id: seen.id }, body: inputOf(kind, draft, seen), ifMatch })
      }
      load={() => api.get("/api/v1/sinks/{id}", { path: { id: sink.id } })}
      outdates={["sinks"]}
    >
      {(draft, set, problem) => (
        <SinkFields kind={kind} draft={draft} set={set} secrets={isSecretNeeded(problem) ? "needed" : "kept"} />
      )}
    </EditDialog>
  );
}

const SECRET_HELP = {
  new: undefined,
  kept: KEEPS_SECRET,
  needed: "The host is another one, which is not told what was kept: write it anew, where it has one.",
} as const;

interface SinkFieldsProps {
  readonly kind: DestinationKind;
  readonly draft: SinkDraft;
  readonly set: (change: Partial<SinkDraft>) => void;
  readonly secrets: keyof typeof SECRET_HELP;
}

function SinkFields({ kind, draft, set, secrets }: SinkFieldsProps) {
  const { fields } = DESTINATIONS[kind];
  const isTls = ({ name }: DestinationField) => name.startsWith("tls.");
  const write = (field: DestinationField) => {
    const place = placeOf(kind, field);
    return (
      <OneField
        key={place}
        field={field}
        value={draft[place] ?? ""}
        onChange={(value) => set({ [place]: value })}
        secretHelp={SECRET_HELP[secrets]}
      />
    );
  };
  return (
    <>
      <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
      {fields.filter((field) => !isTls(field)).map(write)}
      {fields.some(isTls) && (
        <details open={secrets === "needed"}>
          <summary>How TLS is checked</summary>
          <div className="stack">{fields.filter(isTls).map(write)}</div>
        </details>
      )}
      <ChoiceField
        label="Format"
        value={draft.format}
        onChange={(format) => set({ format })}
        choices={formatsOf(kind)}
      />
      <TextLine
        label="Event types"
        value={draft.types}
        onChange={(types) => set({ types })}
        help="Such as muster.policy.v1.ComplianceChanged; a trailing * stands for any rest, nothing for all."
      />
      <LabelChoices
        label="Only of devices with (none means all)"
        value={draft.labelIds}
        onChange={(labelIds) => set({ labelIds })}
      />
    </>
  );
}

interface OneFieldProps {
  readonly field: DestinationField;
  readonly value: string | boolean;
  readonly onChange: (value: string | boolean) => void;
  readonly secretHelp: string | undefined;
}

function OneField({ field, value, onChange, secretHelp }: OneFieldProps) {
  const { label, kind, help, isRequired = false } = field;
  const text = String(value);
  if (kind === "switch") return <SwitchLine text={label} value={value === true} onChange={onChange} />;
  if (typeof kind === "object") return <ChoiceField label={label} value={text} onChange={onChange} choices={kind} />;
  const line = { label, value: text, onChange, isRequired };
  if (kind === "secret" || kind === "key") return <SecretField {...line} help={secretHelp} isLong={kind === "key"} />;
  if (kind === "number" || kind === "digits") return <TextLine {...line} type="number" help={help} />;
  return kind === "text" || kind === "lines" ? (
    <TextLine {...line} rows={3} code help={help} />
  ) : (
    <TextLine {...line} help={help} />
  );
}
