import { Command } from "commander";
import { addCampaigns } from "./campaign-program.ts";
import { addDeclarations } from "./declaration-program.ts";
import { addDesiredState } from "./desired-state-program.ts";
import { addProfiles } from "./profile-program.ts";
import { addShell } from "./shell-program.ts";
import { addSignals } from "./signal-program.ts";
import { addSinks } from "./sink-program.ts";
import { addSubscribers } from "./subscriber-program.ts";

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** The commands and their options. What a command does is loaded when it is used, so that starting costs little. */
export function program(): Command {
  const muster = new Command("muster")
    .description("Ask, command and watch the devices that Muster manages")
    .option("--server <url>", "the platform's address (MUSTER_SERVER)")
    .option("--token <token>", "an API token (MUSTER_TOKEN)")
    .option("--context <name>", "one of the contexts that login stored")
    .option("-o, --output <format>", "table, json, yaml or csv", "table")
    .addHelpText(
      "after",
      "\nIt ends with 0 when all went well, 1 when it was called wrongly\nor an audit chain is broken, 2 when the platform refused,\nand 3 when the platform or a device could not be reached. `script run` ends with the script's exit code.",
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(`--help` tells more)")
    .exitOverride();

  muster
    .command("login")
    .description("sign in and remember it")
    .option("--email <address>", "sign in as this person; the password is asked for")
    .option("--password <password>", "better left out: other users of this machine may see it")
    .action(async (_options, command: Command) =>
      (await import("./commands/login.ts")).login(command.optsWithGlobals()),
    );

  muster
    .command("get")
    .description(
      "list devices, software, labels, policies, profiles, declarations, webhooks, sinks, subscribers, commands, campaigns, activities, users, tokens, secrets (with --device, those of the device in escrow), parked (events) or backbone; or get one device",
    )
    .argument("<kind>")
    .argument("[name]", "for `get device`: its id, hostname or serial number")
    .option("--search <text>", "only what contains this text")
    .option("--platform <platform>", "only devices of this platform")
    .option("--label <label>", "only devices with this label")
    .option("--device <device>", "only what belongs to this device")
    .option("--type <type>", "only events of this type; a trailing * stands for any rest", collect)
    .option("--service <service>", "for `get parked`: only what this service could not use")
    .option("--consumer <consumer>", "for `get parked`: only what this consumer could not use")
    .option("--state <state>", "for `get parked`: parked or dead")
    .option("--limit <n>", "how many at most", "500")
    .action(async (kind: string, name: string | undefined, _options, command: Command) =>
      (await import("./commands/get.ts")).get(kind, name, command.optsWithGlobals()),
    );

  const describe = muster.command("describe").description("tell everything about one thing");
  describe
    .command("device")
    .argument("<device>", "its id, hostname or serial number")
    .action(async (name: string, _options, command: Command) =>
      (await import("./commands/describe.ts")).describeDevice(name, command.optsWithGlobals()),
    );
  describe
    .command("sink")
    .argument("<id>", "its id, from `get sinks`")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/sink.ts")).describeSink(id, command.optsWithGlobals()),
    );
  describe
    .command("parked")
    .argument("<id>", "a parked event's id, from `get parked`")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/parked.ts")).describeParked(id, command.optsWithGlobals()),
    );

  muster
    .command("query")
    .description("ask devices a question in SQL, now")
    .argument("<sql>")
    .option("--device <device>", "this device, by id, hostname or serial number; may be repeated", collect)
    .option("--label <label>", "devices with this label; may be repeated", collect)
    .option("--platform <platform>", "devices of this platform; may be repeated", collect)
    .option("--all", "every device")
    .option("--timeout <seconds>", "how long to wait for answers", "60")
    .action(async (sql: string, _options, command: Command) =>
      (await import("./commands/query.ts")).query(sql, command.optsWithGlobals()),
    );

  muster
    .command("script")
    .description("scripts on devices")
    .command("run")
    .description("run a script; waits, prints its output and ends with its exit code")
    .argument("[file]", "the script; - reads it from standard input")
    .requiredOption("--device <device>", "where; may be repeated", collect)
    .option("-c, --command <text>", "the script itself instead of a file")
    .option("--timeout <seconds>", "after how long the device ends it", "300")
    .option("--wait", "wait for the end", true)
    .option("--no-wait", "print the command's id and do not wait")
    .action(async (file: string | undefined, _options, command: Command) =>
      (await import("./commands/script.ts")).runScript(file, command.optsWithGlobals()),
    );

  muster
    .command("import")
    .description("take over what another server knew")
    .command("apple-devices")
    .description("what another server knew of Apple devices, so that they find it here when they come")
    .requiredOption("-f, --file <file>", "one JSON object a line: udid, serialNumber, diskRecoveryKey, …; - for stdin")
    .requiredOption("--source <name>", "where they are from, for people")
    .action(async (_options, command: Command) =>
      (await import("./commands/import-apple.ts")).importAppleDevices(command.optsWithGlobals()),
    );

  addCommands(muster);
  addCampaigns(muster);
  addParked(muster);
  addCreation(muster);
  const apply = muster.command("apply").description("bring what files say to the platform");
  const remove = muster.command("delete").description("remove what `get` lists");
  addDesiredState(muster, apply);
  addProfiles(muster, apply, remove);
  addDeclarations(apply, remove);
  addSinks(muster);
  addSubscribers(muster);
  addSignals(muster);
  addAudit(muster);
  addShell(muster);

  muster
    .command("events")
    .description("the stream of events")
    .command("tail")
    .description("print events as they happen")
    .option("--type <type>", "only this type; a trailing * stands for any rest; may be repeated", collect)
    .option("--service <service>", "only events of this service, such as policy; may be repeated", collect)
    .option("--label <label>", "only events about devices with this label; may be repeated", collect)
    .option("--device <device>", "only events about this device; may be repeated", collect)
    .option("--since <time>", "begin at this time, such as 2026-01-31T09:30:00Z, or so long ago, such as 90m, 2h or 3d")
    .option("--from-position <position>", "begin after this position; 0 is the first that is kept")
    .option("--format <format>", "print each event as cloudevents, ocsf, ecs or cef")
    .action(async (_options, command: Command) =>
      (await import("./commands/events.ts")).tailEvents(command.optsWithGlobals()),
    );
  return muster;
}

function addCommands(muster: Command): void {
  const commands = muster.command("command").description("what devices were asked to do");
  commands
    .command("get")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/command.ts")).getCommand(id, command.optsWithGlobals()),
    );
  commands
    .command("cancel")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/command.ts")).cancelCommand(id, command.optsWithGlobals()),
    );
  muster
    .command("reveal")
    .description("print a secret of a device that is kept in escrow; who reads it and why is on the record")
    .argument("<device>", "its id, hostname or serial number")
    .argument("<secret>", "its id from `get secrets --device`, or its kind for the newest, such as disk-recovery-key")
    .requiredOption("--reason <text>", "why it has to be read")
    .action(async (device: string, secret: string, _options, command: Command) =>
      (await import("./commands/device-secret.ts")).reveal(device, secret, command.optsWithGlobals()),
    );
  muster
    .command("refetch")
    .description("ask devices for all their facts")
    .argument("<device...>")
    .action(async (devices: string[], _options, command: Command) =>
      (await import("./commands/command.ts")).refetch(devices, command.optsWithGlobals()),
    );
}

function addParked(muster: Command): void {
  const parked = muster.command("parked").description("events that a service could not use");
  const acts = {
    retry: "try one, or all of a consumer or a device, again now",
    drop: "give one, or all of a consumer or a device, up; a dead letter is removed",
  } as const;
  for (const act of ["retry", "drop"] as const) {
    parked
      .command(act)
      .description(acts[act])
      .argument("[id]", "a parked event's id, from `get parked`")
      .option("--consumer <consumer>", "all that this consumer could not use")
      .option("--device <device>", "all about this device")
      .action(async (id: string | undefined, _options, command: Command) =>
        (await import("./commands/parked.ts")).settleParked(act, id, command.optsWithGlobals()),
      );
  }
}

function addCreation(muster: Command): void {
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

function addAudit(muster: Command): void {
  const audit = muster.command("audit").description("who did what, in a chain that shows every change to it");
  const filtered = (command: Command) =>
    command
      .option("--actor <who>", "only what this person, token or device caused")
      .option("--action <right>", "only requests that needed this right, such as webhook.write")
      .option("--device <device>", "only what is about this device")
      .option("--outcome <outcome>", "only requests that succeeded, were refused, failed, or are unknown")
      .option("--type <type>", "only this type; a trailing * stands for any rest; may be repeated", collect)
      .option("--since <time>")
      .option("--until <time>");
  filtered(audit.command("list").description("list records, newest first"))
    .option("--limit <n>", "how many at most", "50")
    .action(async (_options, command: Command) =>
      (await import("./commands/audit.ts")).listAudit(command.optsWithGlobals()),
    );
  audit
    .command("get")
    .description("one record with its proof")
    .argument("<number>")
    .action(async (number: string, _options, command: Command) =>
      (await import("./commands/audit.ts")).getAudit(number, command.optsWithGlobals()),
    );
  filtered(audit.command("export").description("print records with their proofs, a line of JSON each")).action(
    async (_options, command: Command) => (await import("./commands/audit.ts")).exportAudit(command.optsWithGlobals()),
  );
  audit
    .command("keys")
    .description("print the public keys that checkpoints are verified with")
    .action(async (_options, command: Command) =>
      (await import("./commands/audit.ts")).auditKeys(command.optsWithGlobals()),
    );
  audit
    .command("verify")
    .description("recompute the chain there and here; ends with 1 and names the first broken record")
    .option("--file <export>", "verify this export instead")
    .option("--keys <file>", "public keys that were kept elsewhere (`muster audit keys`)")
    .option("--checkpoint <file>", "checkpoints that were kept elsewhere, one on each line")
    .action(async (_options, command: Command) =>
      (await import("./commands/audit-verify.ts")).verifyAudit(command.optsWithGlobals()),
    );
}
