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
    const use = kind === "token" ? "for Muster's agent, for one device" : "for osquery and fleetd, for many devices";
    const about = enroll.command(kind).description(use);
    const made = about
      .command("create")
      .description(`make a new ${kind} ${use} and print it`)
      .option("--name <name>", "a name for people", "made by muster")
      .option("--expires <time>", "after this time it is refused")
      .option("--personal", "the devices belong to persons", false);
    if (kind === "token") made.option("--uses <n>", "how many devices may use it");
    made.action(async (_options, command: Command) =>
      (await create()).createEnrollment(kind, command.optsWithGlobals()),
    );
    if (kind === "token")
      about
        .command("rotate")
        .description("make another text for a token and print it; the one before is useless at once")
        .argument("<token>", "its id or name")
        .action(async (token: string, _options, command: Command) =>
          (await create()).rotateEnrollment(token, command.optsWithGlobals()),
        );
  }

  const scim = muster.command("scim-token").description("lets a sign-in provider keep its people and groups here");
  scim
    .command("create")
    .description("make the token of a provider and print it with the address; the one before ends")
    .argument("<provider>", "its id or name")
    .action(async (provider: string, _options, command: Command) =>
      (await create()).createScimToken(provider, command.optsWithGlobals()),
    );
  scim
    .command("delete")
    .description("end it; who is here stays")
    .argument("<provider>", "its id or name")
    .action(async (provider: string, _options, command: Command) =>
      (await create()).deleteScimToken(provider, command.optsWithGlobals()),
    );
}
