import type { Command } from "commander";

/** The commands about events that a service could not use. */
export function addParked(muster: Command): void {
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
