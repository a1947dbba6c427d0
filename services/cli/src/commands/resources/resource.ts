import type { Answer, PagedPath, PathOf } from "@muster/api-client/call";
import type { Column } from "../../output/print.ts";

/** What `muster get` lists of one kind. */
export interface Resource {
  readonly path: string;
  /** The field of the answer that holds the list. */
  readonly field: string;
  readonly paged: boolean;
  /** There is exactly one, which the path itself answers. */
  readonly single?: true;
  /** What the API does with a single one, at the list's path with its key. */
  readonly one?: readonly ("get" | "delete")[];
  /** The field that a single one is known by; `id` when left out. */
  readonly key?: string;
  readonly columns: readonly Column[];
}

/** The fields of an answer that hold a list. */
type ListField<P extends PathOf<"get">> = {
  [F in keyof Answer<P>]: Answer<P>[F] extends readonly object[] ? F : never;
}[keyof Answer<P>] &
  string;

type Listed<P extends PathOf<"get">, F extends ListField<P>> = Answer<P>[F] extends readonly (infer Item)[]
  ? Item
  : never;

/** A resource whose columns see what the API's document says of one. */
interface Described<P extends PathOf<"get">, F extends ListField<P>> extends Resource {
  readonly path: P;
  readonly field: F;
  readonly paged: P extends PagedPath ? true : false;
  readonly key?: keyof Listed<P, F> & string;
  readonly columns: readonly Column<Listed<P, F>>[];
}

export const resource = <P extends PathOf<"get">, F extends ListField<P>>(described: Described<P, F>): Resource =>
  described;

/** What there is exactly one of, with columns that see what the API's document says of it. */
export const single = <P extends PathOf<"get">>(described: {
  readonly path: P;
  readonly columns: readonly Column<Answer<P>>[];
}): Resource => ({ ...described, field: "", paged: false, single: true });

export const short = (name: unknown): string =>
  String(name)
    .replace(
      /^(PLATFORM|COMMAND_STATE|COMMAND_TYPE|CAMPAIGN_STATE|APP_LICENSE_STATE|LABEL_KIND|PARKED_EVENT_STATE|SUBSCRIBER_STATE|SEVERITY|OWNERSHIP|SINK_STATE|SIGNAL_DELIVERY|SIGNAL_STREAM_STATUS|PUSH_CERTIFICATE_STATE|AUTOMATED_ENROLLMENT_ASSIGNMENT|APPLE_IDENTITY_WAY)_/,
      "",
    )
    .toLowerCase();
/** A state as people say it: "awaiting approval". */
export const stateName = (state: unknown): string => short(state).replaceAll("_", " ");
export const time = (at: unknown): string => (typeof at === "string" ? at.replace(/\.\d+Z$/, "Z") : "");

export type Resources = Readonly<Record<string, Resource>>;
