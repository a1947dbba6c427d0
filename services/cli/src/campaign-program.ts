import type { Command } from "commander";

const ACTS = {
  pause: "stop it for now; what no device has fetched yet is taken back",
  resume: "let it go on after a pause or a halt",
  cancel: "end it, and withdraw what is open",
  approve: "let a destructive campaign that somebody else made begin",
} as const;

/** The commands about one command for many devices. */
export function addCampaigns(muster: Command): void {
  const commands = () => import("./commands/campaign.ts");
  const campaign = muster.command("campaign").description("one command for many devices, in waves");
  campaign
    .command("get")
    .description("tell where it stands, and how its devices do")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).describeCampaign(id, command.optsWithGlobals()),
    );
  for (const act of ["pause", "resume", "cancel", "approve"] as const) {
    campaign
      .command(act)
      .description(ACTS[act])
      .argument("<id>")
      .action(async (id: string, _options, command: Command) =>
        (await commands()).actOnCampaign(act, id, command.optsWithGlobals()),
      );
  }
}
