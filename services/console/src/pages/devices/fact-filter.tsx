import { SlidersHorizontal } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { OPERATORS, partsOf, written } from "./condition.ts";

interface FactFilterProps {
  /** As the API takes it; empty where none is chosen. */
  readonly condition: string;
  readonly onChange: (condition: string) => void;
}

/** Narrows to devices with a fact that meets a condition, as a label by a fact does. */
export const FactFilter = ({ condition, onChange }: FactFilterProps) => (
  <DialogTrigger>
    <Button className={condition === "" ? "button" : "button chosen"}>
      <SlidersHorizontal size={14} aria-hidden="true" />
      {condition === "" ? "Any fact" : condition}
    </Button>
    <Popover className="popover">
      <Dialog className="dialog fact-filter" aria-label="Condition on a fact">
        {({ close }) => (
          <Condition
            condition={condition}
            onChange={(value) => {
              onChange(value);
              close();
            }}
          />
        )}
      </Dialog>
    </Popover>
  </DialogTrigger>
);

function Condition({ condition, onChange }: FactFilterProps) {
  const [parts, setParts] = useState(() => partsOf(condition));
  const set = (change: Partial<typeof parts>) => setParts({ ...parts, ...change });
  const take = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChange(written(parts));
  };
  return (
    <form onSubmit={take}>
      <TextLine
        label="Fact and field"
        value={parts.field}
        onChange={(field) => set({ field })}
        help="Such as os_version.name or system_info.cpu_brand."
        code
        isRequired
        autoFocus
      />
      <ChoiceField label="Is" value={parts.operator} onChange={(operator) => set({ operator })} choices={OPERATORS} />
      <TextLine label="Value" value={parts.value} onChange={(value) => set({ value })} isRequired />
      <div className="dialog-actions">
        <Button className="button" onPress={() => onChange("")}>
          Any
        </Button>
        <Button className="button primary" type="submit">
          Narrow
        </Button>
      </div>
    </form>
  );
}
