import type { Command } from "commander";

/** The commands about what a sign-in provider keeps its people here with. */
export function addScimTokens(muster: Command): void {
  const commands = () => import("./commands/scim-token.ts");
  const scim = muster.command("scim-token").description("lets a sign-in provider keep its people and groups here");
  scim
    .command("create")
    .description("make the token of a provider and print it with the address; the one before ends")
    .argument("<provider>", "its id or name")
    .action(async (provider: string, _options, command: Command) =>
      (await commands()).createScimToken(provider, command.optsWithGlobals()),
    );
  scim
    .command("delete")
    .description("end it; who is here stays")
    .argument("<provider>", "its id or name")
    .action(async (provider: string, _options, command: Command) =>
      (await commands()).deleteScimToken(provider, command.optsWithGlobals()),
    );
}
