import { EXAMPLES } from "../../services/cli/src/examples.ts";
import { EXIT, EXIT_MEANINGS } from "../../services/cli/src/exit-codes.ts";
import { program } from "../../services/cli/src/program.ts";

type Command = ReturnType<typeof program>;

/** Every command with its arguments and options, how it ends, and examples: for people who look something up. */
export function cliDocument(): string {
  const muster = program();
  return [
    "# The muster command",
    "",
    "Generated from the program by `npm run generate`. How it is set up: [services/cli](../services/cli/README.md).",
    "",
    ...examples(),
    "## How it ends",
    "",
    "| code | when |",
    "| ---: | --- |",
    ...Object.entries(EXIT).map(([name, code]) => `| ${code} | ${cell(EXIT_MEANINGS[name as keyof typeof EXIT])} |`),
    "",
    "`script run` ends with the script's exit code, once the script has ended.",
    "",
    "## For every command",
    "",
    ...options(muster),
    ...leaves(muster).flatMap(section),
  ].join("\n");
}

const examples = (): string[] => [
  "## Examples",
  "",
  ...EXAMPLES.flatMap(({ about, lines, mark }) => [
    `${about}:`,
    "",
    mark === undefined ? "```sh" : `\`\`\`sh ${mark}`,
    ...lines,
    "```",
    "",
  ]),
];

/** The commands that do something, whether or not others stand below them; not those that only shells use. */
function leaves(command: Command): Command[] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== "help");
  return below.flatMap((each) => {
    const doesSomething = each.commands.length === 0 || each.options.length > 0;
    return [...(doesSomething ? [each] : []), ...leaves(each)];
  });
}

function section(command: Command): string[] {
  const names = [command.name()];
  for (let above = command.parent; above !== null; above = above.parent) names.unshift(above.name());
  const places = command.registeredArguments.map((argument) => {
    const word = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${word}>` : `[${word}]`;
  });
  const described = command.registeredArguments.filter(({ description }) => description !== "");
  const sentence = command.description();
  return [
    `## ${names.join(" ")}`,
    "",
    ...(sentence === "" ? [] : [`${sentence.replace(/^./, (first) => first.toUpperCase())}.`, ""]),
    "```text",
    [...names, ...places].join(" "),
    "```",
    "",
    ...described.map((each) => `- \`${each.name()}\`: ${each.description}`),
    ...(described.length > 0 ? [""] : []),
    ...options(command),
  ];
}

function options(command: Command): string[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return [];
  const rows = shown.map(({ flags, description, mandatory, defaultValue }) => {
    const given = defaultValue === undefined || typeof defaultValue === "boolean" ? "" : ` (${defaultValue})`;
    return `| \`${flags}\` | ${cell(description)}${given}${mandatory ? "; required" : ""} |`;
  });
  return ["| option | what it does |", "| --- | --- |", ...rows, ""];
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
