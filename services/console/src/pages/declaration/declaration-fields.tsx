import type { Selection } from "../../api/types.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { SelectionFields } from "../../parts/selection-fields.tsx";
import { APPLE_PLATFORMS } from "../profile/profile.ts";

export const KINDS = [
  ["payload", "What Apple’s documentation describes"],
  ["update", "A version to have by a day"],
  ["status", "What devices tell of by themselves"],
] as const;

/** A declaration as a form holds it. */
export interface Draft {
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly payload: string;
  readonly version: string;
  readonly deadline: string;
  readonly items: string;
  readonly enabled: boolean;
  readonly referred: boolean;
  readonly selection: Selection;
}

interface DeclarationFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  /** Its kind and type are chosen once. */
  readonly isNew?: boolean;
}

export const DeclarationFields = ({ draft, set, isNew = false }: DeclarationFieldsProps) => (
  <>
    <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
    <TextLine label="What for" value={draft.description} onChange={(description) => set({ description })} />
    {isNew && <ChoiceField label="Kind" value={draft.kind} onChange={(kind) => set({ kind })} choices={KINDS} />}
    {draft.kind === "payload" && (
      <>
        {isNew && <TextLine label="Type" value={draft.type} onChange={(type) => set({ type })} code isRequired />}
        <TextLine
          label="Payload (JSON)"
          value={draft.payload}
          onChange={(payload) => set({ payload })}
          rows={6}
          code
          isRequired
        />
      </>
    )}
    {draft.kind === "update" && (
      <>
        <TextLine
          label="Version"
          value={draft.version}
          onChange={(version) => set({ version })}
          isRequired
          help="Such as 26.1."
        />
        <TextLine
          label="By when, in the device’s own time"
          type="datetime-local"
          value={draft.deadline}
          onChange={(deadline) => set({ deadline })}
          isRequired
        />
      </>
    )}
    {draft.kind === "status" && (
      <TextLine
        label="Status items, one a line"
        value={draft.items}
        onChange={(items) => set({ items })}
        rows={4}
        code
        isRequired
        help="Such as device.power.battery-health; beside those that every device tells of."
      />
    )}
    <SwitchLine text="In force" value={draft.enabled} onChange={(enabled) => set({ enabled })} />
    <SwitchLine
      text="Only where another declaration refers to it"
      value={draft.referred}
      onChange={(referred) => set({ referred })}
    />
    {!draft.referred && (
      <SelectionFields
        value={draft.selection}
        onChange={(selection) => set({ selection })}
        platforms={APPLE_PLATFORMS}
      />
    )}
  </>
);
