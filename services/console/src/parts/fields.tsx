import { Check, ChevronDown, Search, X } from "lucide-react";
import type { ReactNode } from "react";
import {
  SearchField as AriaSearchField,
  Button,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  TextArea,
  TextField,
} from "react-aria-components";

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export const SearchField = ({ label, value, onChange }: SearchProps) => (
  <AriaSearchField className="search" aria-label={label} value={value} onChange={onChange}>
    <Search size={14} aria-hidden="true" />
    <Input className="input" placeholder={label} />
    {value !== "" && (
      <Button className="icon-button">
        <X size={14} />
      </Button>
    )}
  </AriaSearchField>
);

export type Choice<Value extends string = string> = readonly [value: Value, text: string];

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly Choice<NoInfer<Value>>[];
  /** In a filter row the label is not written above, but is what stands there while nothing is chosen. */
  readonly compact?: boolean;
}

// A list's items need a key that is not empty.
const ANY = "any";

export const ChoiceField = <Value extends string>({
  label,
  value,
  onChange,
  choices,
  compact = false,
}: ChoiceProps<Value>) => (
  <Select
    className={compact ? "choice compact" : "choice field"}
    value={value === "" ? ANY : value}
    onChange={(key) => onChange((key === ANY || key === null ? "" : key) as Value)}
    {...(compact && { "aria-label": label })}
  >
    {!compact && <Label className="field-label">{label}</Label>}
    <Button className={value === "" ? "button choice-button" : "button choice-button chosen"}>
      <SelectValue />
      <ChevronDown size={14} aria-hidden="true" />
    </Button>
    <Popover className="popover">
      <ListBox className="menu" aria-label={label}>
        {choices.map(([key, text]) => (
          <ListBoxItem className="menu-item" key={key} id={key === "" ? ANY : key} textValue={text}>
            <span>{text}</span>
            <Check size={14} className="menu-check" aria-hidden="true" />
          </ListBoxItem>
        ))}
      </ListBox>
    </Popover>
  </Select>
);

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: ReactNode;
  readonly isRequired?: boolean;
  readonly type?: "text" | "email" | "password" | "url" | "number" | "datetime-local";
  readonly rows?: number;
  readonly autoFocus?: boolean;
  readonly autoComplete?: string;
  readonly code?: boolean;
}

/** A line to write in, or several. */
export const TextLine = ({ label, help, rows, code = false, ...field }: LineProps) => (
  <TextField className={code ? "field code" : "field"} {...field}>
    <Label>{label}</Label>
    {rows === undefined ? <Input className="input" /> : <TextArea className="input" rows={rows} />}
    {help !== undefined && <span className="faint small">{help}</span>}
  </TextField>
);
