import type { Command } from "commander";

/** The commands about declarations for Apple devices. */
export function addDeclarations(apply: Command): void {
  const commands = () => import("./commands/declaration.ts");
  apply
    .command("declarations")
    .description("make or replace declarations from a YAML or JSON file; each is known by its name")
    .argument("<file>", "the file, or - for what is piped in")
    .action(async (file: string, _options, command: Command) =>
      (await commands()).applyDeclarations(file, command.optsWithGlobals()),
    );
}
