import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statementsIn } from "./logged-transaction.ts";

const at = (process: number, said: string) => `2026-01-02 03:04:05.678 UTC [${process}] LOG:  ${said}`;

describe("the statements of transactions, in Postgres' log", () => {
  it("are those of the process that ran the one that is looked for, from begin to commit", () => {
    const log = [
      at(7, "statement: begin; set local muster.tenant = 'acme'"),
      at(8, "statement: begin"),
      at(7, "execute <unnamed>: "),
      "\t    insert into commands (tenant)",
      "\t    select $1",
      at(8, "execute often_1: select 1"),
      at(7, "execute often_2: insert into outbox (id)"),
      at(9, "checkpoint starting: time"),
      at(8, "statement: commit"),
      at(7, "statement: commit"),
    ].join("\n");
    assert.equal(statementsIn(log, /^\s*insert into commands /), 4);
    assert.equal(statementsIn([log, log.replaceAll("[7]", "[10]")].join("\n"), /^\s*insert into commands /), 8);
    assert.throws(() => statementsIn(log, /^\s*insert into scripts /), /no such transaction/);
  });
});
