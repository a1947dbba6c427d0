/** The users of one subscriber, by public key. */
export interface UserKeys {
  readonly current: string;
  /** Works beside the current one until a time. */
  readonly previous: { readonly user: string; readonly until: Date } | undefined;
  /** Let in no more, and since when. */
  readonly revoked: Readonly<Record<string, Date>>;
}

/** The current user gives way to a new one: after a while, or at once. The one before it ends in any case. */
export function rotateUser(keys: UserKeys, user: string, overlapMs: number, now: Date): UserKeys {
  const revoked = { ...keys.revoked, ...(keys.previous && { [keys.previous.user]: now }) };
  if (overlapMs === 0) return { current: user, previous: undefined, revoked: { ...revoked, [keys.current]: now } };
  return { current: user, previous: { user: keys.current, until: new Date(now.getTime() + overlapMs) }, revoked };
}

/** Ends the previous user when its time is over; returns the same keys when nothing ends. */
export function retireUser(keys: UserKeys, now: Date): UserKeys {
  if (keys.previous === undefined || keys.previous.until > now) return keys;
  return { ...keys, previous: undefined, revoked: { ...keys.revoked, [keys.previous.user]: now } };
}

/** Ends all. */
export const revokeUsers = (keys: UserKeys, now: Date): UserKeys => ({
  ...keys,
  previous: undefined,
  revoked: { ...keys.revoked, ...(keys.previous && { [keys.previous.user]: now }), [keys.current]: now },
});
