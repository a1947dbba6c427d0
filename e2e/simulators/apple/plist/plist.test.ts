import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Plist, Real } from "./plist-value.ts";
import { readPlist } from "./read-plist.ts";
import { writePlist } from "./write-plist.ts";

describe("a property list", () => {
  it("is read back as it was written", () => {
    const value: Plist = {
      "a & b": "<x> \"y\" 'z' ü 🍎",
      empty: "",
      none: [],
      nothing: {},
      flag: true,
      off: false,
      small: -3,
      large: 18446744073709551615n,
      capacity: new Real(256),
      when: new Date("2026-01-02T03:04:05Z"),
      token: Buffer.from([0, 1, 254, 255]),
      list: [1, "two", { three: [new Real(0.5)] }],
    };
    assert.deepEqual(readPlist(writePlist(value)), value);
    assert.ok(!writePlist({ gone: undefined }).includes("gone"));
  });

  it("is read with comments, CDATA, entities, wrapped base64 and any spacing", () => {
    const text = `<?xml version="1.0"?><!DOCTYPE plist PUBLIC "x" "y">
      <plist version="1.0"><dict>
        <!-- not <key>this</key> --><key>A&#x42;&#67;&quot;</key><string>1 <![CDATA[<2>]]> 3</string>
        <key>d</key><data>
          AAEC
          Aw==
        </data>
        <key>t</key><true /><key>e</key><array/><key>s</key><string/>
      </dict></plist>`;
    assert.deepEqual(readPlist(text), { 'ABC"': "1 <2> 3", d: Buffer.from([0, 1, 2, 3]), t: true, e: [], s: "" });
  });

  it("is refused when it is none", () => {
    for (const text of ["", "hello", "<plist><dict>", "<plist><dict><string>x</string></dict></plist>", "<html/>"])
      assert.throws(() => readPlist(text), text);
  });
});
