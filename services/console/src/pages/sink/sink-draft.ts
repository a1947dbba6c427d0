import type { Schema } from "@muster/api-client/call";
import type { Sink } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { DESTINATIONS, type DestinationField, type DestinationKind, formatsOf, kindOf } from "./destinations.ts";

type Input = Schema<"notification.SinkInput">;

type Place = `${DestinationKind}.${string}`;

/** What a form holds of a sink: what all have, and the fields of its destination by the names that refusals call them by. */
export interface SinkDraft {
  readonly name: string;
  readonly format: Schema<"notification.EventFormat">;
  /** As they are written: with spaces between. */
  readonly types: string;
  readonly labelIds: readonly string[];
  readonly [destinationField: Place]: string | boolean | undefined;
}

export const placeOf = (kind: DestinationKind, { name }: DestinationField): Place => `${kind}.${name}`;

type Json = Readonly<Record<string, unknown>>;

const valueAt = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((at, name) => (at as Json | undefined)?.[name], value);

const isSecret = (kind: DestinationField["kind"]): boolean => kind === "secret" || kind === "key";

/** A value as a field shows it; a secret is only ever written, never shown. */
function shown({ kind }: DestinationField, value: unknown): string | boolean {
  if (kind === "switch") return value === true;
  if (kind === "lines") return ((value as readonly string[] | undefined) ?? []).join("\n");
  if (typeof kind === "object") return (value as string | undefined) ?? kind[0]?.[0] ?? "";
  return isSecret(kind) ? "" : String((value as string | number | undefined) ?? "");
}

const destinationDraft = (kind: DestinationKind, destination?: unknown): Record<Place, string | boolean> =>
  Object.fromEntries(
    DESTINATIONS[kind].fields.map((field) => [placeOf(kind, field), shown(field, valueAt(destination, field.name))]),
  );

export const blankDraft = (kind: DestinationKind): SinkDraft => ({
  name: "",
  format: formatsOf(kind)[0]?.[0] ?? "EVENT_FORMAT_CLOUDEVENTS",
  types: "",
  labelIds: [],
  ...destinationDraft(kind),
});

export function draftOf(sink: Sink): SinkDraft {
  const kind = kindOf(sink);
  const { name, format, filter } = sink;
  return {
    name,
    format,
    types: filter?.types.join(" ") ?? "",
    labelIds: filter?.labelIds ?? [],
    ...destinationDraft(kind, sink[kind]),
  };
}

export const fieldsOf = (kind: DestinationKind): Fields<SinkDraft> => ({
  name: { label: "Name" },
  format: { label: "Format", show: (format) => formatsOf(kind).find(([each]) => each === format)?.[1] ?? format },
  types: { label: "Event types", show: (types) => types || "every event" },
  labelIds: { label: "Labels", show: (labelIds) => (labelIds.length === 0 ? "every device" : labelIds.join(", ")) },
  ...Object.fromEntries(DESTINATIONS[kind].fields.map((field) => [placeOf(kind, field), { label: field.label }])),
});

/** What is sent of a field; nothing where nothing was written that would replace what is kept, or stand for a default. */
function said({ kind }: DestinationField, value: string | boolean | undefined): unknown {
  const text = String(value ?? "");
  if (kind === "switch") return value === true;
  if (kind === "lines") return text.split(/[\s,]+/).filter((line) => line !== "");
  if (kind === "number") return text === "" ? undefined : Number(text);
  return text === "" && (isSecret(kind) || kind === "digits") ? undefined : text;
}

/** A sink as it should be. A secret that was not written is not sent, and stays; so does what the form does not show. */
export function inputOf(kind: DestinationKind, draft: SinkDraft, seen?: Sink): Input {
  const { name, format, types, labelIds } = draft;
  const destination: Record<string, unknown> = {};
  const tls: Record<string, unknown> = {};
  for (const field of DESTINATIONS[kind].fields) {
    const value = said(field, draft[placeOf(kind, field)]);
    if (value === undefined) continue;
    if (field.name.startsWith("tls.")) tls[field.name.slice("tls.".length)] = value;
    else destination[field.name] = value;
  }
  if (Object.values(tls).some((value) => value !== "")) destination["tls"] = tls;
  return {
    name,
    format,
    filter: { ...seen?.filter, types: types.split(/[\s,]+/).filter((type) => type !== ""), labelIds },
    enabled: seen?.enabled ?? true,
    ...(seen?.batching !== undefined && { batching: seen.batching }),
    [kind]: destination,
  };
}
