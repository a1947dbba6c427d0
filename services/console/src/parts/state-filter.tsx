import { capital, enumWord } from "../words/names.ts";
import { ChoiceField } from "./fields.tsx";

interface StateFilterProps {
  /** What the API's names of the states begin with. */
  readonly prefix: string;
  readonly states: readonly string[];
  readonly value: string;
  readonly onChange: (state: string) => void;
}

/** Only what is in one state, or all. */
export const StateFilter = ({ prefix, states, value, onChange }: StateFilterProps) => (
  <div className="filters">
    <ChoiceField
      compact
      label="State"
      value={value}
      onChange={onChange}
      choices={[["", "Every state"], ...states.map((each) => [prefix + each, capital(enumWord(each, ""))] as const)]}
    />
  </div>
);
