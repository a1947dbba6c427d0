#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { program } from "./program.ts";

// `muster … | head` ends the reader first; that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  else if (error instanceof Failure) {
    process.stderr.write(`muster: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else throw error;
}
