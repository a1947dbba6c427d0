import type { Label, Selection } from "../api/types.ts";
import { useApi } from "../api/use-api.ts";
import { PLATFORM_NAMES } from "../words/names.ts";
import { Choices } from "./choices.tsx";
import type { Choice } from "./fields.tsx";

export const ALL_DEVICES: Selection = { deviceIds: [], labelIds: [], platforms: [] };

interface SelectionFieldsProps {
  readonly value: Selection;
  readonly onChange: (value: Selection) => void;
  readonly platforms?: readonly Choice[];
}

/** Which devices something is for: those that match both, and all where nothing is chosen. */
export function SelectionFields({ value, onChange, platforms = PLATFORM_NAMES }: SelectionFieldsProps) {
  const labels = useApi<{ labels: readonly Label[] }>("labels");
  const choices = (labels.data?.labels ?? []).map(({ id, name }) => [id, name] as const);
  return (
    <>
      <Choices
        label="Platforms"
        value={value.platforms}
        onChange={(chosen) => onChange({ ...value, platforms: chosen })}
        choices={platforms}
      />
      {choices.length > 0 && (
        <Choices
          label="Labels"
          value={value.labelIds}
          onChange={(chosen) => onChange({ ...value, labelIds: chosen })}
          choices={choices}
        />
      )}
    </>
  );
}
