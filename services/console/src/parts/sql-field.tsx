import { type KeyboardEvent, useRef, useState } from "react";
import { Label, TextArea, TextField } from "react-aria-components";
import { tablesAt } from "./sql-tables.ts";

interface SqlFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows?: number;
  /** Ctrl-Enter or Cmd-Enter. */
  readonly onRun?: () => void;
}

/** A query in osquery's SQL; after FROM and JOIN it offers tables, the first of which Tab takes. */
export function SqlField({ value, onChange, rows = 5, onRun }: SqlFieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(value.length);
  const { word, tables } = tablesAt(value, caret);
  const take = (table: string) => {
    const before = value.slice(0, caret - word.length) + table;
    onChange(before + value.slice(caret));
    setCaret(before.length);
    area.current?.focus();
  };
  const write = (text: string) => {
    onChange(text);
    setCaret(area.current?.selectionStart ?? text.length);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const [first] = tables;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun?.();
    } else if (event.key === "Tab" && !event.shiftKey && word !== "" && first !== undefined) {
      event.preventDefault();
      take(first);
    }
  };
  return (
    <div className="stack sql">
      <TextField className="field" value={value} onChange={write} isRequired>
        <Label>SQL</Label>
        <TextArea
          ref={area}
          className="input"
          rows={rows}
          spellCheck={false}
          onKeyDown={onKeyDown}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        />
      </TextField>
      {tables.length > 0 && (
        <div className="sql-tables" role="group" aria-label="Tables">
          {tables.map((table) => (
            <button type="button" key={table} onClick={() => take(table)}>
              {table}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
