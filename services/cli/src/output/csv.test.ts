import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { csvLine } from "./csv.ts";

describe("a line of CSV", () => {
  it("quotes what would end a cell", () => {
    assert.equal(csvLine(["plain", "a,b", 'say "hi"', "two\nlines"]), 'plain,"a,b","say ""hi""","two\nlines"\n');
  });

  it("holds nothing that a spreadsheet runs", () => {
    const formulas = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("a","b")'];
    assert.equal(csvLine(formulas), `'=1+1,'+1+1,'-2+3,'@SUM(A1),'\tx,"'=HYPERLINK(""a"",""b"")"\n`);
    assert.equal(csvLine(["\r=1"]), `"'\r=1"\n`);
  });

  it("leaves numbers alone", () => {
    assert.equal(csvLine(["-1", "-0.5", "7", ""]), "-1,-0.5,7,\n");
  });
});
