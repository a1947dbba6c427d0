import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands that make policies, webhooks and what devices enroll with. */
export function addCreation(muster: Command): void {
  const create = () => import("./commands/create.ts");
  muster
    .command("policy")
    .description("how devices should be")
    .command("create")
    .requiredOption("-f, --file <file>", "YAML or JSON: name, query, selection, severity, resolution …")
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

  const enroll = muster.command("enroll").description("what devices enroll with");
  for (const kind of ["token", "secret"] as const) {
    const about = kind === "token" ? "for Muster's agent, for one device" : "for osquery and fleetd, for many devices";
    const made = enroll
      .command(kind)
      .description(about)
      .command("create")
      .description(`make a new ${kind} ${about} and print it`)
      .option("--name <name>", "a name for people", "made by muster")
      .option("--expires <time>", "after this time it is refused")
      .option("--personal", "the devices belong to persons", false);
    if (kind === "token") made.option("--uses <n>", "how many devices may use it");
    made.action(async (_options, command: Command) =>
      (await create()).createEnrollment(kind, command.optsWithGlobals()),
    );
  }
}
