/** Who asks, as it was proved with this request. */
export interface Principal {
  readonly tenant: string;
  /** A person's address, or token:<name>. */
  readonly actor: string;
  /** The role's name. */
  readonly role: string;
  /** What it may do now. */
  readonly actions: readonly string[];
  /** Ids of labels: only to devices that carry one of each of these lists. None means to all, and to what is no device. */
  readonly bounds: readonly (readonly string[])[];
  /** The user's or token's id: names are given twice, ids are not. */
  readonly id: string;
  /** The user on whose rights it rests: the person, or the one behind the token. Empty where there is none. */
  readonly ownerId: string;
  /** With what it was proved: the API token's id, or the beginning of the session's hash. */
  readonly credential: string;
  /** How it was proved; a cookie is sent by the browser unasked, so what it may do is checked further. */
  readonly proof: "token" | "session" | "service";
}

/** Somebody as far as known, without rights. */
export const claimed = (
  tenant: string,
  { email, id = "", role = "" }: { readonly email: string; readonly id?: string; readonly role?: string },
): Principal => ({
  tenant,
  actor: email,
  role,
  actions: [],
  bounds: [],
  id,
  ownerId: id,
  credential: "",
  proof: "session",
});

export const mayDo = ({ actions }: Principal, action: string): boolean => actions.includes(action);

/** Its callers see all tenants, and its administrators make new ones. */
export const FIRST_TENANT = "default";
