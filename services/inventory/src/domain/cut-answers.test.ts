import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cutAnswers } from "./cut-answers.ts";
import { type Answer, readDistributedWrite } from "./distributed-write.ts";
import { MiscutError, rowsOf, UnreadRows } from "./unread-rows.ts";

const packages = Array.from({ length: 40 }, (_, n) => ({ name: `päckage-${n}`, version: "1]},2" }));
const short = [{ version: "22.04" }];
const body = {
  node_key: "k",
  queries: { muster_detail_os_version: short, muster_detail_deb_packages: packages, muster_detail_users: packages },
  statuses: { muster_detail_os_version: 0, muster_detail_deb_packages: 0, muster_detail_users: 0 },
  messages: { muster_detail_users: "" },
};
const read = (json: string): readonly Answer[] => {
  const { rest, cut } = cutAnswers(Buffer.from(json));
  return readDistributedWrite(JSON.parse(rest) as Record<string, unknown>, cut).answers;
};
const unread = (answers: readonly Answer[]) => answers.filter(({ rows }) => rows instanceof UnreadRows).length;
const same = (json: string): readonly Answer[] => {
  const answers = read(json).map((answer) => ({ ...answer, rows: rowsOf(answer.rows) }));
  assert.deepEqual(answers, readDistributedWrite(JSON.parse(json) as Record<string, unknown>).answers);
  return read(json);
};

describe("long answers", () => {
  it("are cut out unread, wherever they stand, and say the same when they are read", () => {
    assert.equal(unread(same(JSON.stringify(body))), 2);
    assert.equal(unread(same(JSON.stringify({ queries: body.queries }))), 2);
    assert.equal(unread(same(JSON.stringify({ statuses: body.statuses, queries: body.queries, node_key: "k" }))), 2);
  });

  it("stay where they are when the body is written in another way", () => {
    assert.equal(unread(same(JSON.stringify(body, undefined, 1))), 0);
    assert.equal(unread(same(JSON.stringify({ queries: { ours_not: packages } }))), 0);
    same(JSON.stringify({ queries: { muster_detail_users: [{ description: '"muster_detail_users":[' }] } }));
  });

  it("are told by what they say: the same text has the same fingerprint", () => {
    const fingerprints = (json: string) =>
      read(json).flatMap(({ rows }) => (rows instanceof UnreadRows ? [rows.fingerprint] : []));
    const [one, two] = fingerprints(JSON.stringify(body));
    assert.equal(one, two);
    const changed = { ...body, queries: { ...body.queries, muster_detail_users: [...packages, { name: "new" }] } };
    const [three, four] = fingerprints(JSON.stringify(changed));
    assert.equal(three, one);
    assert.notEqual(four, one);
  });

  it("leave a broken body broken, and a wrong cut shows when it is read", () => {
    assert.throws(() => read(JSON.stringify(body).slice(0, -1)), SyntaxError);
    const foreign = { muster_detail_users: packages, other: packages, muster_detail_uptime: short };
    const [answer] = read(JSON.stringify({ queries: foreign }));
    assert.throws(() => rowsOf(answer?.rows ?? []), MiscutError);
  });
});
