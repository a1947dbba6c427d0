import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EXAMPLES } from "./examples.ts";
import { program } from "./program.ts";

describe("the examples of the documentation", () => {
  it("use commands and options that there are", () => {
    for (const line of EXAMPLES.flatMap(({ lines }) => lines)) {
      // What follows a pipe is another program's.
      const [, ...words] = line.replace(/ \| .*/, "").match(/'[^']*'|\S+/g) ?? [];
      let command = program();
      const options = [...command.options];
      for (const word of words) {
        const next = command.commands.find((each) => each.name() === word);
        if (next !== undefined) {
          command = next;
          options.push(...command.options);
        } else if (word.startsWith("-") && word !== "-") {
          assert.ok(
            options.some(({ long, short }) => word === long || word === short),
            `${line}: there is no ${word}`,
          );
        }
      }
      assert.ok(command.commands.length === 0 || command.options.length > 0, `${line}: there is no such command`);
      assert.ok(command.parent !== null, line);
    }
  });
});
