import type { Command } from "commander";

const ACTS = {
  pause: "stop it for now; what no device has fetched yet is taken back",
  resume: "let it go on after a pause or a halt",
  cancel: "end it, and withdraw what is open",
  approve: "let a campaign begin that somebody else made and that waits for a second person",
  reject: "end a campaign that somebody else made and that waits for a second person",
} as const;

/** The commands about one command for many devices. */
export function addCampaigns(muster: Command): void {
  const commands = () => import("./commands/campaign.ts");
  const campaign = muster.command("campaign").description("one command for many devices, in waves");
  campaign
    .command("create")
    .description("make campaigns, and begin those that no second person has to approve")
    .requiredOption("-f, --file <file>", "YAML or JSON: name, selection, type, reason, waves …; - for what is piped in")
    .addHelpText(
      "after",
      "\nWhat devices can be asked for in one word needs no file: `muster restart --campaign <name>`.",
    )
    .action(async (_options, command: Command) => (await commands()).createCampaigns(command.optsWithGlobals()));
  campaign
    .command("get")
    .description("tell where it stands, and how its devices do")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).describeCampaign(id, command.optsWithGlobals()),
    );
  for (const act of ["pause", "resume", "cancel", "approve", "reject"] as const) {
    const acting = campaign.command(act).description(ACTS[act]).argument("<id>");
    if (act === "approve" || act === "reject") acting.option("--reason <text>", "what you say of it, for the record");
    acting.action(async (id: string, _options, command: Command) =>
      (await commands()).actOnCampaign(act, id, command.optsWithGlobals()),
    );
  }
}
