import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands about identity providers that are told which devices comply. */
export function addSignals(muster: Command): void {
  const commands = () => import("./commands/signal.ts");
  const signal = muster.command("signal").description("identity providers that are told which devices comply");
  signal
    .command("create")
    .description("make a receiver and print what it signs in with, this one time")
    .requiredOption("--name <name>", "a name for people")
    .option("--audience <aud>", "what it calls itself; for Okta its address, such as https://acme.okta.com")
    .option("--okta", "speak as Okta understands it, and push to --push or Okta's own path", false)
    .option("--push <url>", "post signals there, instead of waiting for the receiver to register by itself")
    .option("--header <value>", "the Authorization header of the posts")
    .option("--event <uri>", "only events of this type; may be repeated", collect)
    .action(async (_options, command: Command) => (await commands()).createReceiver(command.optsWithGlobals()));
  const acts = {
    verify: "send a verification signal, which shows whether signals arrive",
    pause: "hold its signals, in order",
    resume: "send what was held, and go on",
    rotate: "make a new secret and print it; the old one works for a day as well",
    revoke: "shut it out at once, and remove its stream with all that waits",
  } as const;
  for (const act of ["verify", "pause", "resume", "rotate", "revoke"] as const) {
    const made = signal.command(act).description(acts[act]).argument("<id>", "the receiver's id");
    if (act === "pause") made.option("--reason <text>", "why, for the receiver to read", "");
    made.action(async (id: string, _options, command: Command) =>
      (await commands()).actOnReceiver(act, id, command.optsWithGlobals()),
    );
  }
  signal
    .command("person")
    .description("say who works with a device, so that their sessions can be ended; without an address nobody does")
    .argument("<device>")
    .argument("[email]")
    .action(async (device: string, email: string | undefined, _options, command: Command) =>
      (await commands()).assignPerson(device, email ?? "", command.optsWithGlobals()),
    );
}
