const REASONS: Readonly<Record<string, string>> = {
  "sign_in.no_role": "None of your groups may use Muster here. Ask an administrator.",
  "sign_in.disabled": "An administrator has disabled your account here.",
  "sign_in.round_unknown": "This sign-in was begun in another browser, or took too long. Sign in again.",
  "sign_in.not_proved": "The identity provider did not say who you are. Sign in again.",
  "sign_in.provider_away": "The identity provider cannot be reached now. Try again.",
  "identity.email_taken": "Somebody else has your address here already. Ask an administrator.",
  "identity.too_many_attempts": "There were too many attempts to sign in. Try again in a minute.",
};

/** Why a provider's sign-in came to nothing, when this address was come back to for that. */
export function refusedBecause(search: string): string | undefined {
  const code = new URLSearchParams(search).get("sign_in_refused");
  return code === null ? undefined : (REASONS[code] ?? `You could not be signed in (${code}).`);
}

/** Where a browser begins to sign in by a provider; it comes back to the place that it left. */
export function beginAddress(id: string, { pathname, search }: Pick<Location, "pathname" | "search">): string {
  const query = new URLSearchParams(search);
  query.delete("sign_in_refused");
  const place = query.size === 0 ? pathname : `${pathname}?${query}`;
  return `/api/v1/sign-in/providers/${id}?${new URLSearchParams({ return_to: place })}`;
}
