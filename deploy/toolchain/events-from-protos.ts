import type { DescFile, FileRegistry } from "@bufbuild/protobuf";

/** The files that define events, by name. */
export const eventFiles = (registry: FileRegistry): DescFile[] =>
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
