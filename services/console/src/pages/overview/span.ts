/** The time that is looked back over. */
export interface Span {
  readonly since: string;
  /** How far apart its points are. */
  readonly stepMs: number;
}

/** Nothing outdates what was counted; it only goes on. */
export const AGAIN = { refetchInterval: 5 * 60_000 };
