import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands that bring everything to what documents in a folder say. */
export function addDesiredState(muster: Command, apply: Command): void {
  const commands = () => import("./commands/desired-state.ts");
  const about = (command: Command) =>
    command
      .option("-f, --file <path>", "a folder or a file of YAML documents")
      .option("--prune", "remove what documents made once and no document names any more", false)
      .option("--owner <name>", "on whose behalf, such as a repository; one owner removes nothing of another's");
  about(
    muster.command("diff").description("show what `apply` would do to bring everything to what documents say"),
  ).action(async (_options, command: Command) => (await commands()).diff(command.optsWithGlobals()));
  about(
    muster
      .command("drift")
      .description("tell whether everything is as documents say: ends with 0 when it is, 9 when not"),
  ).action(async (_options, command: Command) => (await commands()).drift(command.optsWithGlobals()));
  muster
    .command("export")
    .description("write what there is as documents into a folder; `diff` of them shows nothing")
    .argument("<folder>")
    .option("--kind <kind>", "only this kind, such as Policy; may be repeated", collect)
    .action(async (folder: string, _options, command: Command) =>
      (await import("./commands/export.ts")).exportDocuments(folder, command.optsWithGlobals()),
    );
  muster
    .command("translate")
    .description("make documents of what another server's folder says")
    .command("fleet")
    .description("of Fleet's GitOps: tells everything that has no counterpart")
    .argument("<from>", "the folder with default.yml and teams/")
    .argument("<to>", "the folder for the documents")
    .action(async (from: string, to: string) =>
      (await import("./commands/translate.ts")).translateFleetFolder(from, to),
    );
  about(apply)
    .option("--plan <id>", "carry out exactly this plan, which `diff` made")
    .action(async (_options, command: Command) => (await commands()).apply(command.optsWithGlobals()));
}
