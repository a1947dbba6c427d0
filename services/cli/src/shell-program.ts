import type { Command } from "commander";

/** The commands about the command line itself: where it asks and as whom, and how a shell completes it. */
export function addShell(muster: Command): void {
  muster
    .command("login")
    .description("sign in and remember it")
    .option("--email <address>", "sign in as this person; the password is asked for")
    .option("--password <password>", "better left out: other users of this machine may see it")
    .action(async (_options, command: Command) =>
      (await import("./commands/login.ts")).login(command.optsWithGlobals()),
    );

  const commands = () => import("./commands/context.ts");
  const context = muster.command("context").description("the platforms that `login` stored, and which one is asked");
  context
    .command("list")
    .description("list them; the current one is marked")
    .action(async (_options, command: Command) => (await commands()).listContexts(command.optsWithGlobals()));
  context
    .command("current")
    .description("print the name of the current one")
    .action(async () => (await commands()).currentContextName());
  context
    .command("use")
    .description("ask this one from now on")
    .argument("<context>")
    .action(async (name: string) => (await commands()).useContext(name));
  context
    .command("delete")
    .description("forget it and its token; the token itself stays valid: `muster get tokens` shows it")
    .argument("<context>")
    .action(async (name: string) => (await commands()).deleteContext(name));

  muster
    .command("completion")
    .description("print what lets a shell complete commands, options, devices, labels and contexts")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      "\n  bash   muster completion bash > ~/.local/share/bash-completion/completions/muster\n  zsh    muster completion zsh > ~/.zfunc/_muster, with ~/.zfunc in fpath\n  fish   muster completion fish > ~/.config/fish/completions/muster.fish",
    )
    .action(async (shell: string) => (await import("./commands/completion.ts")).printCompletion(shell));
  muster
    .command("complete", { hidden: true })
    .description("print what the last of these words may become, a line each")
    .argument("[words...]")
    .action(async (words: string[], _options, command: Command) =>
      (await import("./commands/complete.ts")).complete(muster, words, command.optsWithGlobals()),
    );
}
