import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands that make policies and webhooks. */
export function addCreation(muster: Command): void {
  const create = () => import("./commands/create.ts");
  muster
    .command("policy")
    .description("how devices should be")
    .command("create")
    .requiredOption(
      "-f, --file <file>",
      "YAML or JSON: name, query, selection, severity, resolution, enabled unless it says false …",
    )
    .action(async (_options, command: Command) => (await create()).createPolicies(command.optsWithGlobals()));

  const webhook = muster.command("webhook").description("who is told of events");
  webhook
    .command("create")
    .argument("<url>")
    .requiredOption("--name <name>", "a name for people")
    .option("--type <type>", "only events of this type; a trailing * stands for any rest; may be repeated", collect)
    .action(async (url: string, _options, command: Command) =>
      (await create()).createWebhook(url, command.optsWithGlobals()),
    );
  webhook
    .command("rotate")
    .description("make a new secret; the old one signs for a day as well")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await create()).rotateWebhook(id, command.optsWithGlobals()),
    );
  webhook
    .command("replay")
    .description("send dead letters, or everything of a span of time, once more")
    .argument("<id>")
    .option("--since <time>")
    .option("--until <time>")
    .action(async (id: string, _options, command: Command) =>
      (await create()).replayWebhook(id, command.optsWithGlobals()),
    );
}
