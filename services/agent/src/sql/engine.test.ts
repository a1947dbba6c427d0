import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { allTables } from "../tables/all-tables.ts";
import { createEngine } from "./engine.ts";
import { SqlError, type SqlErrorCode } from "./sql-error.ts";

const engine = createEngine({ tables: allTables({ version: "1", startedAt: new Date(0) }), maxRows: 5000 });
const ask = (sql: string) => engine.answer(sql);
const refuses = (sql: string, code: SqlErrorCode, message?: RegExp) =>
  assert.throws(
    () => ask(sql),
    (error: unknown) => error instanceof SqlError && error.code === code && (message?.test(error.message) ?? true),
  );

describe("SQL over this machine", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-agent-sql-"));
    await mkdir(join(folder, "inner", "deep"), { recursive: true });
    await writeFile(join(folder, "one.conf"), "one");
    await writeFile(join(folder, "two_x.conf"), "two");
    await writeFile(join(folder, "inner", "three.conf"), "three");
    await writeFile(join(folder, "inner", "deep", "four.conf"), "four");
    await symlink("one.conf", join(folder, "link"));
  });

  after(() => rm(folder, { recursive: true }));

  it("gives every value as text: NULL as nothing, a REAL with its point", () => {
    assert.deepEqual(ask("SELECT NULL AS a, 3 AS b, 2.0 AS c, 2.5 AS d, 'x' AS e, 9007199254740993 AS f"), [
      { a: "", b: "3", c: "2.0", d: "2.5", e: "x", f: "9007199254740993" },
    ]);
  });

  it("joins tables", () => {
    const rows = ask(
      "SELECT g.groupname FROM users u JOIN user_groups USING (uid) JOIN groups g USING (gid) WHERE u.uid = '0'",
    );
    assert.ok(rows.some(({ groupname }) => groupname === "root"));
  });

  it("compares numbers as numbers although answers are text", () => {
    assert.deepEqual(ask("SELECT pid FROM processes WHERE pid < 2"), [{ pid: "1" }]);
  });

  it("reads a file by its path", () => {
    const [row] = ask(`SELECT * FROM file WHERE path = '${folder}/link'`);
    assert.deepEqual(
      [
        row?.["filename"],
        row?.["directory"],
        row?.["symlink"],
        row?.["type"],
        row?.["size"],
        row?.["symlink_target_path"],
      ],
      ["link", folder, "1", "regular", "3", "one.conf"],
    );
  });

  const namesOf = (sql: string) =>
    ask(sql)
      .map(({ filename }) => filename ?? "")
      .sort((left, right) => left.localeCompare(right));

  it("lists a folder", () => {
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE directory = '${folder}'`), [
      "inner",
      "link",
      "one.conf",
      "two_x.conf",
    ]);
  });

  it("stays in one folder for % and goes below it for %%", () => {
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path LIKE '${folder}/%.conf'`), [
      "one.conf",
      "two_x.conf",
    ]);
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path LIKE '${folder}/%/%.conf'`), ["three.conf"]);
    const below = ["deep", "four.conf", "inner", "link", "one.conf", "three.conf", "two_x.conf"];
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path LIKE '${folder}/%%'`), below);
  });

  it("takes paths from a list, an OR, a reversed comparison and a subquery", () => {
    const both = ["one.conf", "two_x.conf"];
    const [one, two] = both.map((name) => `'${folder}/${name}'`);
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path IN (${one}, ${two})`), both);
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path = ${one} OR path = ${two}`), both);
    assert.deepEqual(namesOf(`SELECT filename FROM file f WHERE ${one} = f.path`), ["one.conf"]);
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path IN (SELECT ${two})`), ["two_x.conf"]);
    assert.deepEqual(namesOf(`SELECT filename FROM file WHERE path = '${folder}/' || 'one' || '.conf'`), ["one.conf"]);
  });

  it("takes paths from the rows of another table, a CTE or a subquery it is joined with", () => {
    const home = ask("SELECT directory FROM users WHERE uid = 0")[0]?.["directory"];
    const expected = [{ path: home }];
    for (const sql of [
      "SELECT f.path FROM users u JOIN file f ON f.path = u.directory WHERE u.uid = 0",
      "WITH homes AS (SELECT directory AS home FROM users WHERE uid = 0) SELECT f.path FROM homes h JOIN file f ON f.path = h.home",
      "SELECT f.path FROM (SELECT directory AS home FROM users WHERE uid = 0) AS h, file f WHERE f.path = h.home",
      "SELECT path FROM file WHERE path IN (SELECT directory FROM users WHERE uid = 0)",
      "SELECT f.path FROM users u CROSS JOIN file f WHERE f.path LIKE u.directory AND u.uid = 0",
    ]) {
      assert.deepEqual(ask(sql), expected, sql);
    }
  });

  it("follows one constrained table into another", () => {
    const sha256 = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"; // of "one"
    const expected = [{ filename: "one.conf", sha256 }];
    for (const join of ["USING (path)", "ON h.path = f.path", "ON f.path = h.path"]) {
      const sql = `SELECT filename, sha256 FROM file f JOIN hash h ${join} WHERE f.path = '${folder}/one.conf'`;
      assert.deepEqual(ask(sql), expected, join);
    }
  });

  it("does not take a word in a comment, a text or another table's column for a condition", () => {
    refuses("SELECT * FROM file -- WHERE path = '/etc/passwd'", "sql.unconstrained");
    refuses("SELECT 'path = 1' FROM file", "sql.unconstrained");
    refuses("SELECT * FROM file f, processes p WHERE p.path = '/bin/sh'", "sql.unconstrained");
  });

  it("says what is missing when an endless table has no condition", () => {
    refuses("SELECT * FROM hash", "sql.unconstrained", /needs a condition on path or directory/);
    refuses("SELECT * FROM file WHERE path IS NOT NULL", "sql.unconstrained");
    refuses("SELECT * FROM file WHERE lower(path) = '/etc/passwd'", "sql.unconstrained");
  });

  it("would rather not answer than follow only a part of the conditions", () => {
    refuses(
      "SELECT * FROM file WHERE path = '/etc/passwd' OR path LIKE '/etc/host\\_x' ESCAPE '\\'",
      "sql.unconstrained",
    );
    const correlated = "path IN (SELECT directory FROM groups WHERE groups.gid = u.gid)";
    refuses(`SELECT * FROM users u, file WHERE path = '/etc/passwd' OR ${correlated}`, "sql.invalid");
    refuses(
      "SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM file WHERE path IN (SELECT u.directory))",
      "sql.unconstrained",
    );
  });

  it("refuses whatever is not a question", () => {
    for (const sql of [
      "DROP TABLE users",
      "INSERT INTO users VALUES (1)",
      "UPDATE users SET uid = 0",
      "DELETE FROM users",
      "CREATE TABLE x (y)",
      "ATTACH '/tmp/x' AS y",
      "VACUUM INTO '/tmp/x'",
      "PRAGMA journal_mode = off",
      "SELECT load_extension('x')",
      "WITH x AS (SELECT 1) DELETE FROM users",
      "SELECT 1; DROP TABLE users",
      "BEGIN",
    ]) {
      refuses(sql, "sql.refused");
    }
    refuses(" -- nothing", "sql.invalid");
    refuses("SELECT nonsense FROM users", "sql.invalid", /no such column: nonsense/);
  });

  it("tells which columns a table has", () => {
    const names = ask("PRAGMA table_info(uptime)").map(({ name }) => name);
    assert.deepEqual(names, ["days", "hours", "minutes", "seconds", "total_seconds"]);
  });

  it("explains a query without answering it", () => {
    assert.ok(ask("EXPLAIN QUERY PLAN SELECT * FROM users WHERE uid = 0").length > 0);
  });

  it("would rather fail than cut an answer short", () => {
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    refuses(endless, "sql.too_many_rows");
    assert.equal(ask(`${endless} LIMIT 5000`).length, 5000);
  });

  it("does not give an answer that no server would take", () => {
    const rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20)";
    refuses(`${rows} SELECT i, hex(zeroblob(500000)) FROM n`, "sql.too_large");
  });

  it("has osquery's text functions", () => {
    assert.deepEqual(ask("SELECT split('a.b-c', '.-', 1) AS s, regex_match('v12.3', '(\\d+)', 1) AS m, md5('') AS h"), [
      { s: "b", m: "12", h: "d41d8cd98f00b204e9800998ecf8427e" },
    ]);
    assert.deepEqual(ask("SELECT version_compare('1.10', '1.9') AS v, regex_match('a', '(', 0) AS bad"), [
      { v: "1", bad: "" },
    ]);
  });
});
