import type { DescField, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { eventFiles } from "./events-from-protos.ts";
import { commentOf, commentsOf } from "./proto-comments.ts";

/** What is known of events beside their protos, by an event's full name. */
export interface EventCatalogue {
  readonly ocsfVersion: string;
  /** The services that listen to it. */
  listenersOf(type: string): readonly string[];
  /** The OCSF classes and activities that it is told as. */
  ocsfOf(type: string): readonly OcsfKind[];
}

export interface OcsfKind {
  readonly class_uid: number;
  readonly class_name: string;
  readonly activity_name: string;
}

/** The reference of all events for people who subscribe to them. */
export function eventDocument(registry: FileRegistry, catalogue: EventCatalogue): string {
  const parts = [
    "# Events",
    "",
    "Generated from the protos, the consumers and the OCSF mappings by `npm run generate`.",
    "",
    "An event's full name is its `ce-type`. It is published on `evt.v1.<tenant>.<service>.<Event>`, its body is proto3 JSON,",
    "and its CloudEvents attributes travel as headers: `ce-id`, `ce-source`, `ce-type`, `ce-time`, `ce-subject` (the device),",
    "`ce-actor`, and `traceparent`. An event carries the state that resulted, and a version that only rises.",
    "",
    "`GET /api/v1/events` streams events as they happen, from a position (`Last-Event-ID`, `afterPosition`) or a time (`since`),",
    "narrowed by `types`, `services`, `labelIds` and `deviceIds`, each event in a `format`: `cloudevents`, `ocsf`, `ecs` or `cef`.",
    `OCSF is ${catalogue.ocsfVersion}; what its class has no attribute for stands under \`unmapped\`.`,
    "[event-formats](../libs/event-formats) has the mappings, and shows what each format makes of each event.",
    "",
  ];
  for (const file of eventFiles(registry)) {
    const comments = commentsOf(file);
    const service = file.proto.package.split(".")[1] ?? "";
    parts.push(`## ${service}`, "");
    for (const message of file.messages) {
      const type = message.typeName;
      parts.push(`### ${type}`, "", commentOf(comments, message), "");
      parts.push(`- Publisher: ${service}, on \`evt.v1.<tenant>.${service}.${message.name}\``);
      parts.push(`- Consumers: ${catalogue.listenersOf(type).join(", ")}`);
      parts.push(`- OCSF: ${ocsfText(catalogue.ocsfOf(type))}`, "");
      parts.push("| field | type | meaning |", "|---|---|---|");
      for (const field of message.fields) {
        parts.push(`| \`${field.jsonName}\` | ${typeOf(field)} | ${commentOf(comments, field)} |`);
      }
      parts.push("");
    }
  }
  return `${parts.join("\n").trimEnd()}\n`;
}

/** Entity Management (3004): Create, Update; then the next class. */
function ocsfText(kinds: readonly OcsfKind[]): string {
  const classes = new Map<string, string[]>();
  for (const { activity_name, class_name, class_uid } of kinds) {
    const name = `${class_name} (${class_uid})`;
    classes.set(name, [...(classes.get(name) ?? []), activity_name]);
  }
  return [...classes].map(([name, activities]) => `${name}: ${activities.join(", ")}`).join("; ");
}

function typeOf(field: DescField): string {
  if (field.fieldKind === "map") return "map";
  const name = (message: DescMessage | undefined) => message?.typeName ?? "";
  const inner =
    field.message !== undefined ? name(field.message) : field.enum !== undefined ? field.enum.typeName : scalar(field);
  return field.fieldKind === "list" ? `list of ${inner}` : inner;
}

const SCALARS: Record<number, string> = {
  3: "int64",
  4: "uint64",
  5: "int32",
  8: "bool",
  9: "string",
  12: "bytes",
  13: "uint32",
};

const scalar = (field: DescField): string => SCALARS[field.scalar ?? 0] ?? "number";
