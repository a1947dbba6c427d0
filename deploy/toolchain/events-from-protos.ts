import type { DescField, DescFile, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { commentOf, commentsOf } from "./proto-comments.ts";

const eventFiles = (registry: FileRegistry): DescFile[] =>
  [...registry.files].filter((file) => file.name.endsWith("_events")).sort((a, b) => (a.name < b.name ? -1 : 1));

/** The TypeScript table from an event's full name to the functions that read and write it. */
export function eventTable(registry: FileRegistry): string {
  const imports: string[] = [];
  const rows: string[] = [];
  for (const file of eventFiles(registry)) {
    const names = file.messages.map((message) => message.name).sort();
    imports.push(`import { ${names.join(", ")} } from "./${file.name}.ts";`);
    for (const message of file.messages) rows.push(`  "${message.typeName}": ${message.name},`);
  }
  return `// Generated from the protos by "npm run generate". DO NOT EDIT.\n${imports.join("\n")}\n\n/** Every event there is, by its full name. */\nexport const events = {\n${rows.join("\n")}\n} as const;\n`;
}

/** The reference of all events for people who subscribe to them. */
export function eventDocument(registry: FileRegistry): string {
  const parts = [
    "# Events",
    "",
    "Generated from the protos by `npm run generate`.",
    "",
    "An event's full name is its `ce-type`. It is published on `evt.v1.<tenant>.<service>.<Event>`, its body is proto3 JSON,",
    "and its CloudEvents attributes travel as headers: `ce-id`, `ce-source`, `ce-type`, `ce-time`, `ce-subject` (the device),",
    "`ce-actor`, and `traceparent`. An event carries the state that resulted, and a version that only rises.",
    "",
  ];
  for (const file of eventFiles(registry)) {
    const comments = commentsOf(file);
    const service = file.proto.package.split(".")[1] ?? "";
    parts.push(`## ${service}`, "");
    for (const message of file.messages) {
      parts.push(`### ${message.typeName}`, "", commentOf(comments, message), "");
      parts.push(`Subject: \`evt.v1.<tenant>.${service}.${message.name}\``, "");
      parts.push("| field | type | meaning |", "|---|---|---|");
      for (const field of message.fields) {
        parts.push(`| \`${field.jsonName}\` | ${typeOf(field)} | ${commentOf(comments, field)} |`);
      }
      parts.push("");
    }
  }
  return `${parts.join("\n").trimEnd()}\n`;
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
