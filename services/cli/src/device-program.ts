import type { Command } from "commander";
import type { Verb } from "./devices/verb.ts";
import { VERBS } from "./devices/verbs.ts";
import { collect } from "./repeated-option.ts";

/** A command for each thing that devices can be asked for. */
export function addDeviceVerbs(muster: Command): void {
  for (const verb of VERBS) addVerb(muster, verb);
}

function addVerb(muster: Command, verb: Verb): void {
  const [first = "", second] = verb.name.split(" ");
  const command = second === undefined ? muster.command(first) : groupOf(muster, first).command(second);
  command
    .description(verb.about)
    .argument("[device...]", "their ids, hostnames, serial numbers or hardware UUIDs")
    .option(
      "--selector <selector>",
      "those that `get devices` lists for it, such as platform=linux,compliance=failing",
      collect,
    );
  for (const { flags, about, isRequired } of verb.options ?? []) {
    if (isRequired) command.requiredOption(flags, about);
    else command.option(flags, about);
  }
  if (verb.consequence !== undefined) command.option("-y, --yes", "do not ask once more", false);
  if (verb.destroys) command.requiredOption("--reason <text>", "why, for the record");
  else if (verb.act.kind === "command") command.option("--reason <text>", "why, for the record");
  if (verb.act.kind === "command") addOrderOptions(command);
  command.action(async (devices: string[], _options, made: Command) =>
    (await import("./devices/run-verb.ts")).runVerb(verb, devices, made.optsWithGlobals()),
  );
}

/** What goes for all commands, whatever they ask for. */
function addOrderOptions(command: Command): void {
  command
    .option(
      "--expires <span>",
      "not fetched for so long, such as 12h, it is given up; else after the platform's own time",
    )
    .option("--wait", "wait until each device has carried it out or failed", false)
    .option("--timeout <span>", "wait no longer than this, such as 10m; the command stays")
    .option("--campaign <name>", "make a campaign of it, which a second person may have to approve")
    .option(
      "--wave <n>",
      "of a campaign: so many devices, or such as 10%, at once; may be repeated, a wave each",
      collect,
    )
    .option("--pause <span>", "of a campaign: so long between two waves");
}

function groupOf(muster: Command, name: string): Command {
  const made = muster.commands.find((each) => each.name() === name);
  return made ?? muster.command(name).description("lost devices: locked, with a message, and found");
}
