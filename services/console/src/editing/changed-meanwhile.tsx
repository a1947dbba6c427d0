import { type ReactNode, useEffect, useRef } from "react";
import { Button, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { type Difference, holds } from "./bring-together.ts";
import "./changed-meanwhile.css";

interface Field<Value> {
  readonly label: string;
  /** How its value is written where two of them stand side by side. */
  readonly show?: (value: Value) => ReactNode;
}

/** Each field of a form, by what the form calls it. */
export type Fields<Draft> = { readonly [Name in keyof Draft]: Field<Draft[Name]> };

interface ChangedMeanwhileProps<Draft> {
  /** Who saved last, where that is known. */
  readonly by: string;
  readonly differences: readonly Difference<Draft>[];
  readonly fields: Fields<Draft>;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** Says that somebody else saved first, and has each field taken from one side or the other. */
export function ChangedMeanwhile<Draft extends object>({
  by,
  differences,
  fields,
  draft,
  onChange,
}: ChangedMeanwhileProps<Draft>) {
  const note = useRef<HTMLElement>(null);
  // In braces: a browser may answer with a promise here, which is no clean-up.
  useEffect(() => {
    note.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const take = (chosen: readonly Difference<Draft>[]) =>
    onChange(Object.fromEntries(chosen.map(({ name, theirs }) => [name, theirs])) as Partial<Draft>);
  return (
    <section className="meanwhile" aria-label="Changed meanwhile" ref={note}>
      <div className="note warn" role="alert">
        <span>
          {by || "Somebody"} changed this while you were editing. Nothing was saved yet, and what you wrote is still
          here.{" "}
          {differences.length === 0
            ? "What they changed is not in this form: saving keeps it."
            : "Choose what to keep; saving puts this form in the place of what is there now."}
        </span>
      </div>
      {differences.length > 0 && (
        <>
          <ul>
            {differences.map((difference) => (
              <Sides
                key={difference.name}
                difference={difference}
                field={fields[difference.name] as Field<unknown>}
                draft={draft}
                onChange={onChange}
              />
            ))}
          </ul>
          <Button className="button small" onPress={() => take(differences)}>
            Load all that is there now
          </Button>
        </>
      )}
    </section>
  );
}

const THEIRS = "There now";

interface SidesProps<Draft> {
  readonly difference: Difference<Draft>;
  readonly field: Field<unknown>;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
}

function Sides<Draft extends object>({ difference, field, draft, onChange }: SidesProps<Draft>) {
  const { name, mine, theirs, touched } = difference;
  const { label, show = written } = field;
  const mineTitle = touched ? "Yours" : "As it was";
  const sides = { mine, theirs };
  const held = Object.entries(sides).filter(([, value]) => holds(draft, name, value));
  return (
    <li>
      <div className="row between">
        <strong>{label}</strong>
        <ToggleButtonGroup
          className="row"
          aria-label={`${label}: which to keep`}
          selectionMode="single"
          selectedKeys={held.map(([side]) => side)}
          onSelectionChange={(keys) =>
            [...keys].forEach((side) => onChange({ [name]: sides[side as keyof typeof sides] } as Partial<Draft>))
          }
        >
          <ToggleButton className="chip" id="mine">
            {mineTitle}
          </ToggleButton>
          <ToggleButton className="chip" id="theirs">
            {THEIRS}
          </ToggleButton>
        </ToggleButtonGroup>
      </div>
      <div className="sides">
        <Side title={mineTitle} text={show(mine)} />
        <Side title={THEIRS} text={show(theirs)} />
      </div>
    </li>
  );
}

const Side = ({ title, text }: { readonly title: string; readonly text: ReactNode }) => (
  <figure className="side">
    <figcaption className="faint small">{title}</figcaption>
    <pre tabIndex={0}>{text}</pre>
  </figure>
);

function written(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return (Array.isArray(value) ? value.join(", ") : String(value)) || "nothing";
}
