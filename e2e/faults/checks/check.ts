/** One invariant, checked when everything has had time to heal. */
export interface Finding {
  readonly invariant: string;
  /** How many things were looked at: a check that saw nothing proves nothing. */
  readonly looked: number;
  /** What contradicts it, the first few in words; empty when it holds. */
  readonly violations: readonly string[];
}

const MOST = 10;

export const finding = (invariant: string, looked: number, violations: readonly string[]): Finding => ({
  invariant,
  looked,
  violations:
    violations.length <= MOST ? violations : [...violations.slice(0, MOST), `and ${violations.length - MOST} more`],
});
