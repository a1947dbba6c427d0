import { Command } from "commander";
import { addAudit } from "./audit-program.ts";
import { addCampaigns } from "./campaign-program.ts";
import { addCarves } from "./carve-program.ts";
import { addCommands } from "./command-program.ts";
import { addCreation } from "./creation-program.ts";
import { addDeclarations } from "./declaration-program.ts";
import { addDesiredState } from "./desired-state-program.ts";
import { addDeviceVerbs } from "./device-program.ts";
import { addEnrolling } from "./enroll-program.ts";
import { addEvents } from "./events-program.ts";
import { EXIT, EXIT_MEANINGS } from "./exit-codes.ts";
import { addGetting } from "./get-program.ts";
import { addImports } from "./import-program.ts";
import { addParked } from "./parked-program.ts";
import { addProfiles } from "./profile-program.ts";
import { addQuestions } from "./question-program.ts";
import { addScimTokens } from "./scim-program.ts";
import { addShell } from "./shell-program.ts";
import { addSignals } from "./signal-program.ts";
import { addSinks } from "./sink-program.ts";
import { addSubscribers } from "./subscriber-program.ts";

const exits = (): string =>
  Object.entries(EXIT)
    .map(([name, code]) => `  ${String(code).padEnd(5)}${EXIT_MEANINGS[name as keyof typeof EXIT]}`)
    .join("\n");

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
      `\nIt ends with\n${exits()}\n\`script run\` ends with the script's exit code, once the script has ended.`,
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(`--help` tells more)")
    .exitOverride();

  addGetting(muster);
  addQuestions(muster);
  addCarves(muster);
  addDeviceVerbs(muster);
  addImports(muster);
  addCommands(muster);
  addCampaigns(muster);
  addParked(muster);
  addCreation(muster);
  addEnrolling(muster);
  addScimTokens(muster);
  const apply = muster.command("apply").description("bring what files say to the platform");
  addDesiredState(muster, apply);
  addProfiles(muster, apply);
  addDeclarations(apply);
  addSinks(muster);
  addSubscribers(muster);
  addSignals(muster);
  addAudit(muster);
  addEvents(muster);
  addShell(muster);
  return muster;
}
