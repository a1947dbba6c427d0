import { cpus, platform, release, totalmem } from "node:os";
import { styleText } from "node:util";

interface Measurement {
  /** Dotted and stable, such as `osquery.empty_reads_per_s`: trends are drawn by it. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export interface LoadReport {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly system: string;
    readonly node: string;
  };
  readonly results: readonly Measurement[];
  /** Why the run ended before its end; what was measured until then stands all the same. */
  readonly failure?: string;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

const rounded = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100);

/** Gathers measurements; several of one name are rounds, of which the median counts. */
export class Measurements {
  readonly #rounds = new Map<string, { unit: string; values: number[] }>();

  add(name: string, value: number, unit: string): void {
    const known = this.#rounds.get(name);
    if (known === undefined) this.#rounds.set(name, { unit, values: [value] });
    else known.values.push(value);
  }

  report(): LoadReport {
    const [cpu] = cpus();
    return {
      machine: {
        cpu: cpu?.model ?? "unknown",
        cores: cpus().length,
        memoryGb: rounded(totalmem() / 1024 ** 3),
        system: `${platform()} ${release()}`,
        node: process.version,
      },
      results: [...this.#rounds].map(([name, { unit, values }]) => ({ name, value: rounded(median(values)), unit })),
    };
  }
}

/** Measures step by step. A step that fails ends the run, and what the steps before it measured is reported with the failure. */
export async function measured(work: (measurements: Measurements) => Promise<void>): Promise<LoadReport> {
  const measurements = new Measurements();
  try {
    await work(measurements);
    return measurements.report();
  } catch (error) {
    return { ...measurements.report(), failure: error instanceof Error ? error.message : String(error) };
  }
}

/** A table for people; columns line up. */
export const formatReport = ({ failure, machine, results }: LoadReport): string => {
  const name = Math.max(...results.map((result) => result.name.length), 0);
  const value = Math.max(...results.map((result) => result.value.toLocaleString("en").length), 0);
  return [
    styleText(
      "bold",
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}`,
    ),
    ...results.map(
      (result) => `${result.name.padEnd(name)}  ${result.value.toLocaleString("en").padStart(value)}  ${result.unit}`,
    ),
    ...(failure === undefined ? [] : [styleText("red", `ended early: ${failure}`)]),
  ].join("\n");
};
