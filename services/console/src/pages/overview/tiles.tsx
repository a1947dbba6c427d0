import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DeviceCount, Policy } from "../../api/types.ts";
import { count, counted, percent } from "../../words/names.ts";

const sum = <T,>(rows: readonly T[], field: (row: T) => number): number =>
  rows.reduce((total, row) => total + field(row), 0);

interface TilesProps {
  readonly counts: readonly DeviceCount[] | undefined;
  readonly policies: readonly Policy[] | undefined;
}

/** The four numbers that people look for first. */
export function Tiles({ counts = [], policies = [] }: TilesProps) {
  const [all, online] = [sum(counts, (row) => row.count), sum(counts, (row) => row.online)];
  const judged = policies.filter(({ enabled }) => enabled);
  const [pass, fail] = [sum(judged, (row) => row.passCount), sum(judged, (row) => row.failCount)];
  const failing = judged.filter(({ failCount }) => failCount > 0);
  const platforms = new Set(counts.map(({ platform }) => platform)).size;
  return (
    <div className="tiles">
      <Link className="tile" to="/devices">
        <Figures name="Devices" value={count(all)} more={counted(platforms, "platform")} />
      </Link>
      <Link className="tile" to="/devices" search={{ presence: "online" }}>
        <Figures name="Online now" value={count(online)} more={`${percent(online, all)} of all`} />
      </Link>
      <Link className="tile" to="/policies">
        <Figures name="Checks that pass" value={percent(pass, pass + fail)} more={`${count(fail)} fail`} />
      </Link>
      <Link className="tile" to="/policies">
        <Figures name="Failing policies" value={count(failing.length)} more={`of ${count(judged.length)} in force`} />
      </Link>
    </div>
  );
}

const Figures = ({ name, value, more }: Readonly<Record<"name" | "value" | "more", ReactNode>>) => (
  <>
    <span className="soft">{name}</span>
    <strong className="tile-value">{value}</strong>
    <span className="faint small">{more}</span>
  </>
);
