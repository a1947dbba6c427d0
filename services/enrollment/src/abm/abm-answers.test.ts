import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readAnswers, readPage } from "./abm-json.ts";
import { problemIn } from "./abm-problems.ts";

const answer = (status: number, text: string) => problemIn({ status, text, headers: new Headers() }).problem;

describe("what Apple answers", () => {
  it("is understood by its words, in quotes or not, and else by its status", () => {
    assert.equal(answer(403, '"T_C_NOT_SIGNED"'), "terms_changed");
    assert.equal(answer(400, "EXHAUSTED_CURSOR"), "cursor_exhausted");
    for (const word of ["EXPIRED_CURSOR", "INVALID_CURSOR", "CURSOR_REQUIRED"])
      assert.equal(answer(400, `"${word}"`), "cursor_lost");
    assert.equal(answer(403, "ACCESS_DENIED"), "token_refused");
    assert.equal(answer(403, '"APPLE_SEED_FOR_IT_TURNED_OFF"'), "beta_off");
    assert.equal(answer(401, ""), "token_refused");
    assert.equal(answer(404, '"NOT_FOUND"'), "profile_unknown");
    assert.equal(answer(400, '{"odd": "<b>"}'), "rejected");
  });

  it("is refused when it lacks what it has to have, and its texts fit into the store", () => {
    for (const text of ["", "[]", "{}", '{"devices":[{}],"cursor":"c"}', '{"devices":[],"cursor":""}'])
      assert.throws(() => readPage(text), { name: "AbmError", problem: "unreadable" });
    const page = readPage('{"cursor":"c","devices":[{"serial_number":"S","model":"a\\u0000b","op_type":"odd"}]}');
    assert.equal(page.devices[0]?.model, "ab");
    assert.deepEqual([page.moreToFollow, page.devices[0]?.change], [false, undefined]);
  });

  it("counts as a failure for each device that it leaves out, or says something new of", () => {
    const answers = readAnswers('{"devices":{"A":"SUCCESS","B":"THROTTLED","C":"ODD"},"retry_after_seconds":9}', [
      "A",
      "B",
      "C",
      "D",
    ]);
    assert.deepEqual(
      [...answers.values()].map((each) => [each.answer, each.retryAfterMs]),
      [
        ["SUCCESS", undefined],
        ["THROTTLED", 9_000],
        ["FAILED", undefined],
        ["FAILED", undefined],
      ],
    );
  });
});
