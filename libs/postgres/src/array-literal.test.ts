import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { arrayLiteral } from "./array-literal.ts";

describe("an array as Postgres reads it", () => {
  it("quotes all text, so that no text is taken for a value", () => {
    assert.equal(arrayLiteral(["a", "", "NULL", "{x,y}", " "]), '{"a","","NULL","{x,y}"," "}');
    assert.equal(arrayLiteral(['say "hi"', "C:\\dir"]), String.raw`{"say \"hi\"","C:\\dir"}`);
  });

  it("has numbers, truth values and what is missing as they are", () => {
    assert.equal(arrayLiteral([1, -2.5, 3n, true, false, null, undefined]), "{1,-2.5,3,true,false,NULL,NULL}");
    assert.equal(arrayLiteral([]), "{}");
  });

  it("has times in UTC, each its own", () => {
    const [one, other] = [new Date("2026-01-02T03:04:05.678Z"), new Date("1999-12-31T23:59:59.999Z")];
    const expected = "{2026-01-02T03:04:05.678Z,2026-01-02T03:04:05.678Z,1999-12-31T23:59:59.999Z,NULL}";
    assert.equal(arrayLiteral([one, one, other, null]), expected);
  });

  it("leaves to others what it does not know", () => {
    assert.equal(arrayLiteral([Buffer.from("a")]), undefined);
    assert.equal(arrayLiteral([["a"]]), undefined);
    assert.equal(arrayLiteral([{ a: 1 }]), undefined);
    assert.equal(arrayLiteral([new Date(Number.NaN)]), undefined);
    assert.equal(arrayLiteral([new Date("-000044-03-15T12:00:00Z")]), undefined);
  });
});
