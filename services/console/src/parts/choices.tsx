import { Check } from "lucide-react";
import { Checkbox, CheckboxGroup, Label } from "react-aria-components";
import type { Choice } from "./fields.tsx";

interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly value: readonly Value[];
  readonly onChange: (value: readonly Value[]) => void;
  readonly choices: readonly Choice<NoInfer<Value>>[];
}

/** Any number of a few. */
export const Choices = <Value extends string>({ label, value, onChange, choices }: ChoicesProps<Value>) => (
  <CheckboxGroup className="field" value={[...value]} onChange={(chosen) => onChange(chosen as Value[])}>
    <Label className="field-label">{label}</Label>
    <div className="row">
      {choices.map(([key, text]) => (
        <Checkbox className="chip" key={key} value={key}>
          {({ isSelected }) => (
            <>
              {isSelected && <Check size={12} aria-hidden="true" />}
              {text}
            </>
          )}
        </Checkbox>
      ))}
    </div>
  </CheckboxGroup>
);

interface SwitchLineProps {
  readonly text: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

export const SwitchLine = ({ text, value, onChange }: SwitchLineProps) => (
  <Checkbox className="switch-line" isSelected={value} onChange={onChange}>
    <span className="switch-box">
      <Check size={12} aria-hidden="true" />
    </span>
    {text}
  </Checkbox>
);
