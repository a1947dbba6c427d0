/** Something that happened in the cluster, as its API tells it: to the second. */
export interface Moment {
  readonly at: string;
  readonly what: string;
}

/** All of it in its order, a line each; throws if a Deployment was changed before the last hook was done. */
export function requireHooksFirst(hooks: readonly Moment[], changes: readonly Moment[]): string {
  const inOrder = (moments: readonly Moment[]): Moment[] =>
    moments.toSorted((one, other) => one.at.localeCompare(other.at));
  const told = [...inOrder(hooks), ...inOrder(changes)].map(({ at, what }) => `${at}  ${what}`).join("\n");
  const lastHook = inOrder(hooks).at(-1);
  const firstChange = inOrder(changes)[0];
  if (lastHook === undefined || firstChange === undefined) {
    throw new Error(`Hooks and Deployments were to leave a trace each:\n${told}`);
  }
  // In one and the same second either may have been the first.
  if (lastHook.at > firstChange.at) throw new Error(`A Deployment was changed before the hooks were done:\n${told}`);
  return told;
}
