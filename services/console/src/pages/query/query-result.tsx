import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { api } from "../../api/client.ts";
import type { Answer } from "../../api/types.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Share } from "../../parts/share.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { counted } from "../../words/names.ts";
import { useAnswers } from "./use-answers.ts";

interface Line {
  readonly key: string;
  readonly answer: Answer;
  readonly columns: Readonly<Record<string, string>>;
}

const MAX_COLUMNS = 12;

/** A query's answers in one table, a row of a device each. */
export function QueryResult({ id }: { readonly id: string }) {
  const { query, answers, problem, ended } = useAnswers(id);
  const lines = useMemo(() => linesOf(answers), [answers]);
  const failed = answers.filter(({ error }) => error !== "");
  const columns = useMemo(() => columnsOf(lines), [lines]);
  const targets = query?.targets ?? 0;
  return (
    <Panel
      title={`${answers.length} of ${counted(targets, "device")}`}
      more={
        !ended && (
          <ActButton
            small
            act={() => api.post("/api/v1/live-queries/{id}/stop", { path: { id } })}
            outdates={["live-queries"]}
            done={() => "The query is stopped; what was answered is kept."}
          >
            Stop
          </ActButton>
        )
      }
      flush
    >
      <div className="progress">
        <Share
          parts={[
            ["info", answers.length - failed.length],
            ["bad", failed.length],
            ["rest", Math.max(0, targets - answers.length)],
          ]}
        />
        {problem !== undefined && <ProblemNote problem={problem} />}
        {failed.slice(0, 3).map(({ deviceId, displayName, error }) => (
          <p className="note bad" key={deviceId}>
            <strong>{displayName}</strong> {error}
          </p>
        ))}
      </div>
      {lines.length === 0 && (
        <Empty title={ended ? "No device answered with a row" : "Waiting for the first answer"}>
          Devices answer at their next contact.
        </Empty>
      )}
      {lines.length > 0 && (
        <div className="half-window">
          <Table label="Answers" columns={columns} rows={lines} keyOf={({ key }) => key} long />
        </div>
      )}
    </Panel>
  );
}

const linesOf = (answers: readonly Answer[]): readonly Line[] =>
  answers.flatMap((answer) =>
    answer.rows.map(({ columns }, index) => ({ key: `${answer.deviceId} ${index}`, answer, columns })),
  );

function columnsOf(lines: readonly Line[]): readonly Column<Line>[] {
  const names = [...new Set(lines.flatMap(({ columns }) => Object.keys(columns)))].slice(0, MAX_COLUMNS);
  return [
    {
      title: "Device",
      cell: ({ answer }) => (
        <Link to="/devices/$deviceId" params={{ deviceId: answer.deviceId }}>
          {answer.displayName}
        </Link>
      ),
    },
    ...names.map((name) => ({ title: name, cell: ({ columns }: Line) => <code>{columns[name]}</code> })),
  ];
}
