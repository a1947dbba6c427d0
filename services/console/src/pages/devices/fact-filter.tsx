import { SlidersHorizontal } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Button } from "react-aria-components";
import { ModalDialog } from "../../parts/dialog.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { OPERATORS, partsOf, written } from "./condition.ts";

interface FactFilterProps {
  /** As the API takes it; empty where none is chosen. */
  readonly condition: string;
  readonly onChange: (condition: string) => void;
}

/** Narrows to devices with a fact that meets a condition, as a label by a fact does. */
export function FactFilter({ condition, onChange }: FactFilterProps) {
  const [isOpen, setOpen] = useState(false);
  const take = (value: string) => {
    onChange(value);
    setOpen(false);
  };
  return (
    <>
      <Button className={condition === "" ? "button" : "button chosen"} onPress={() => setOpen(true)}>
        <SlidersHorizontal size={14} aria-hidden="true" />
        <span className="cut">{condition === "" ? "Any fact" : condition}</span>
      </Button>
      <ModalDialog title="Narrow by a fact" isOpen={isOpen} onClose={() => setOpen(false)}>
        <Condition condition={condition} onChange={take} />
      </ModalDialog>
    </>
  );
}

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
