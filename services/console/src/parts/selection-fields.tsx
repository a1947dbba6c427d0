import type { Platform, Selection } from "../api/types.ts";
import { PLATFORM_NAMES } from "../words/names.ts";
import { Choices } from "./choices.tsx";
import type { Choice } from "./fields.tsx";
import { LabelChoices } from "./label-choices.tsx";

export const ALL_DEVICES: Selection = { deviceIds: [], labelIds: [], platforms: [] };

interface SelectionFieldsProps {
  readonly value: Selection;
  readonly onChange: (value: Selection) => void;
  readonly platforms?: readonly Choice<Platform>[];
}

/** Which devices something is for: those that match both, and all where nothing is chosen. */
export const SelectionFields = ({ value, onChange, platforms = PLATFORM_NAMES }: SelectionFieldsProps) => (
  <>
    <Choices
      label="Platforms"
      value={value.platforms}
      onChange={(chosen) => onChange({ ...value, platforms: chosen })}
      choices={platforms}
    />
    <LabelChoices
      label="Labels"
      value={value.labelIds}
      onChange={(chosen) => onChange({ ...value, labelIds: chosen })}
    />
  </>
);
