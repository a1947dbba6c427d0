import { capital, enumWord } from "../words/names.ts";
import { ChoiceField } from "./fields.tsx";

interface StateFilterProps<State extends string> {
  /** What the API's names of the states begin with. */
  readonly prefix: string;
  readonly states: readonly State[];
  readonly value: State | "";
  readonly onChange: (state: State | "") => void;
}

/** Only what is in one state, or all. */
export const StateFilter = <State extends string>({ prefix, states, value, onChange }: StateFilterProps<State>) => (
  <div className="filters">
    <ChoiceField
      compact
      label="State"
      value={value}
      onChange={onChange}
      choices={[["", "Every state"], ...states.map((each) => [each, capital(enumWord(each, prefix))] as const)]}
    />
  </div>
);
