import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { osquerydRunner } from "./osqueryd.ts";
import { SqlError } from "./sql-error.ts";

/** Takes the arguments that osqueryd takes, and answers as it does. */
const PROGRAM = `#!/bin/sh
[ "$1 $2" = "-S --json" ] || exit 9
case "$3" in
  slow) exec sleep 60 ;;
  wrong) echo 'Error: near "wrong": syntax error' >&2; exit 1 ;;
  *) echo '[{"asked":"'"$3"'"}]' ;;
esac
`;

describe("an osqueryd that answers in place of the tables", () => {
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-agent-osqueryd-"));
    path = join(folder, "osqueryd");
    await writeFile(path, PROGRAM, { mode: 0o700 });
  });
  after(() => rm(folder, { recursive: true }));

  it("is asked as a shell and its rows are handed on", async () => {
    assert.deepEqual(await osquerydRunner(path, 5000).query("select 1"), [{ asked: "select 1" }]);
  });

  it("says what it found wrong with a query", async () => {
    await assert.rejects(osquerydRunner(path, 5000).query("wrong"), /near "wrong": syntax error/);
  });

  it("is killed when a query takes too long", async () => {
    const late = (error: unknown) => error instanceof SqlError && error.code === "sql.time_limit";
    await assert.rejects(osquerydRunner(path, 100).query("slow"), late);
  });
});
