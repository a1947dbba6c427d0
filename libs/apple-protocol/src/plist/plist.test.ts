import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { PlistError } from "./plist-error.ts";
import { readPlist } from "./read-plist.ts";
import { type Writable, writePlist } from "./write-plist.ts";

const xml = (body: string): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><plist version="1.0">${body}</plist>`);
const refused = (bytes: Uint8Array): string => {
  try {
    readPlist(bytes);
  } catch (error) {
    assert.ok(error instanceof PlistError, String(error));
    return error.message;
  }
  return "read";
};
const plain = (value: unknown): unknown => structuredClone(value);

describe("a property list in XML", () => {
  it("is read with every type there is", () => {
    const value = readPlist(
      xml(`
        <!-- of a device -->
        <dict>
          <key>text</key><string>Ada &amp; co &#x1F600; &lt;b&gt;</string>
          <key>cdata</key><string>a<![CDATA[<b>&]]>c</string>
          <key>empty</key><string/>
          <key>whole</key><integer>-17</integer>
          <key>hex</key><integer>0x1F</integer>
          <key>large</key><integer>18446744073709551615</integer>
          <key>real</key><real>494.38</real>
          <key>yes</key><true/><key>no</key><false></false>
          <key>date</key><date>2026-01-02T03:04:05Z</date>
          <key>data</key><data>
            AAEC
            Aw==
          </data>
          <key>list</key><array><string>one</string><array/><dict/></array>
          <key>__proto__</key><string>harmless</string>
        </dict>`),
    );
    assert.deepEqual(Object.entries(value), [
      ["text", "Ada & co \u{1F600} <b>"],
      ["cdata", "a<b>&c"],
      ["empty", ""],
      ["whole", -17],
      ["hex", 31],
      ["large", 18446744073709551615n],
      ["real", 494.38],
      ["yes", true],
      ["no", false],
      ["date", new Date("2026-01-02T03:04:05Z")],
      ["data", Buffer.of(0, 1, 2, 3)],
      ["list", ["one", [], Object.create(null)]],
      ["__proto__", "harmless"],
    ]);
    assert.equal(Object.getPrototypeOf(value), null);
  });

  it("is refused when it is anything else", () => {
    for (const bad of [
      "",
      "<string>a",
      "<string>a</string><string>b</string>",
      "<dict><string>a</string></dict>",
      "<dict><key>a</key></dict>",
      "<dict><key>a</key><key>b</key></dict>",
      "<dict><key>a</key><true/><key>a</key><true/></dict>",
      "<array><key>a</key></array>",
      "<array></dict>",
      "<string>&unknown;</string>",
      "<string>&#0;</string>",
      "<string>a<b/></string>",
      "<integer>1.5</integer>",
      "<integer></integer>",
      "<real>one</real>",
      "<real>constructor</real>",
      "<real>__proto__</real>",
      "<string>a\u0000b</string>",
      "<dict><key>\u0001</key><true/></dict>",
      "<date>2026-02-30T00:00:00Z</date>",
      "<string><![CDATA[a]]></key>",
      "<string><![CDATA[a]]><b/></string>",
      "<date>yesterday</date>",
      "<data>?</data>",
      "<data>AAE</data>",
      "<true>no</true>",
      "<uid>1</uid>",
      '<string id="1">a</string>',
      '<string>a</string id="1">',
      "<string/ >",
      "<!-- \u0001 --><true/>",
    ]) {
      assert.notEqual(refused(xml(bad)), "read", bad);
    }
    assert.match(refused(Buffer.concat([xml("<true/>"), Buffer.from("x")])), /something follows/);
    assert.match(refused(Buffer.from([0xff, 0xfe, 0x3c, 0])), /not UTF-8/);
    assert.match(refused(Buffer.alloc(0)), /tag is due/);
    for (const root of ["<plist/>", "</plist>", '<plist version="1.0"/>', '<plistversion="1.0"><true/></plist>'])
      assert.notEqual(refused(Buffer.from(root)), "read", root);
  });

  it("expands no entity and fetches nothing", () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>`;
    const external = `<!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><string>&x;</string></plist>`;
    for (const text of [bomb, external]) assert.match(refused(Buffer.from(text)), /may declare nothing/);
    assert.equal(
      refused(Buffer.from(`<!DOCTYPE plist SYSTEM "http://example.com/a.dtd"><plist><true/></plist>`)),
      "read",
    );
  });

  it("is not followed beyond its limits", () => {
    const deep = 1_000_000;
    assert.match(refused(xml("<array>".repeat(deep))), /too deeply/);
    assert.match(refused(xml(`<array>${"<true/>".repeat(200_001)}</array>`)), /too many/);
  });

  it("is read in time that grows with its length, however many pieces a text is quoted in", () => {
    assert.equal(readPlist(xml(`<string>${"<![CDATA[a]]>".repeat(500_000)}</string>`)), "a".repeat(500_000));
  });

  it("is written as Apple writes it, and read again as it was", () => {
    assert.equal(
      writePlist({
        RequestType: "ProfileList",
        Managed: true,
        N: 1,
        left: undefined,
        Raw: Buffer.from("x"),
      }).toString(),
      `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>RequestType</key><string>ProfileList</string><key>Managed</key><true/><key>N</key><integer>1</integer><key>Raw</key><data>eA==</data></dict></plist>
`,
    );
    assert.throws(() => writePlist("\u0000"), RangeError);
    assert.throws(() => writePlist("\ud800"), RangeError);
    // oxlint-disable-next-line no-control-regex -- these are what XML 1.0 cannot carry
    const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
    const text = fc.string({ unit: "grapheme" }).filter((each) => !notXml.test(each));
    const { tree } = fc.letrec<{ tree: Writable }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        text,
        fc.integer(),
        fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n - 1n }),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0)),
        fc.uint8Array().map((each) => Buffer.from(each)),
        fc
          .date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true })
          .map((each) => new Date(each.getTime() - (each.getTime() % 1_000))),
        fc.array(tie("tree")),
        fc.dictionary(text, tie("tree"), { noNullPrototype: false }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        assert.deepEqual(plain(readPlist(writePlist(value))), plain(value));
      }),
    );
  });

  it("never fails in another way, whatever is done to its bytes", () => {
    const good = writePlist({ UDID: "1", Data: Buffer.alloc(20), List: [1, 2.5, { a: new Date(0) }] });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(4), (at, insert, remove) => {
        refused(Buffer.concat([good.subarray(0, at), insert, good.subarray(at + remove)]));
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("a binary property list", () => {
  // {"a": [1, true, "ü", <data 00ff>], "b": 2001-01-01T00:00:02Z}, as plistlib of Python writes it.
  const good = Buffer.from(
    "YnBsaXN0MDDSAQIDCFFhUWKkBAUGBxABCWEA/EIA/zNAAAAAAAAAAAgNDxEWGBkcHwAAAAAAAAEBAAAAAAAAAAkAAAAAAAAAAAAAAAAAAAAo",
    "base64",
  );

  it("is read", () => {
    assert.deepEqual(
      JSON.stringify(readPlist(good)),
      '{"a":[1,true,"ü",{"type":"Buffer","data":[0,255]}],"b":"2001-01-01T00:00:02.000Z"}',
    );
  });

  it("is read when its dictionaries share their keys, and refused when a long text is shared too often", () => {
    /** So many times one dictionary, whose one key has this length. */
    const listOf = (count: number, length: number) => {
      const array = Buffer.concat([Buffer.of(0xaf, 0x11, count >> 8, count & 0xff), Buffer.alloc(count, 1)]);
      const key = Buffer.concat([Buffer.of(0x5f, 0x11, length >> 8, length & 0xff), Buffer.alloc(length, "a")]);
      const objects = [array, Buffer.of(0xd1, 2, 3), key, Buffer.of(0x09)];
      const tail = Buffer.alloc(32);
      tail.set([2, 1], 6);
      tail[15] = objects.length;
      const offsets = Buffer.alloc(2 * objects.length);
      let at = 8;
      for (const [index, object] of objects.entries()) {
        offsets.writeUInt16BE(at, 2 * index);
        at += object.length;
      }
      tail.writeUInt32BE(at, 28);
      return Buffer.concat([Buffer.from("bplist00"), ...objects, offsets, tail]);
    };
    const read = readPlist(listOf(20_000, 25));
    assert.ok(Array.isArray(read) && read.length === 20_000);
    assert.deepEqual(plain(read.at(-1)), { ["a".repeat(25)]: true });
    assert.match(refused(listOf(20_000, 20_000)), /longer than/);
  });

  it("is refused when its references go round or multiply", () => {
    const trailer = Buffer.alloc(32);
    trailer.set([1, 1], 6);
    trailer[15] = 1;
    trailer[31] = 10;
    // An array that holds itself.
    const round = Buffer.concat([Buffer.from("bplist00"), Buffer.of(0xa1, 0x00), Buffer.of(8), trailer]);
    assert.match(refused(round), /too deeply/);
    // Thirty arrays, each of which holds the next one twice.
    const levels = 30;
    const arrays = Array.from({ length: levels }, (_, index) => Buffer.of(0xa2, index + 1, index + 1));
    const offsets = Buffer.from([...arrays.map((_, index) => 8 + index * 3), 8 + levels * 3]);
    const tail = Buffer.alloc(32);
    tail.set([1, 1], 6);
    tail[15] = levels + 1;
    tail[31] = 8 + levels * 3 + 1;
    assert.match(
      refused(Buffer.concat([Buffer.from("bplist00"), ...arrays, Buffer.of(0x09), offsets, tail])),
      /too many/,
    );
  });

  it("is refused when its containers overlap, before they are spread out", () => {
    // Sixty arrays in a chain, each of which claims all the bytes behind it as references.
    const [levels, each, size] = [60, 7, 8 * 1024 * 1024];
    const body = Buffer.alloc(size);
    const offsets = Buffer.alloc(4 * (levels + 1));
    for (let level = 0; level < levels; level++) {
      const at = level * each;
      body.set([0xaf, 0x12], at);
      body.writeUInt32BE(size - at - 6, at + 2);
      body[at + 6] = level + 1;
    }
    for (let level = 0; level <= levels; level++) offsets.writeUInt32BE(8 + level * each, 4 * level);
    const tail = Buffer.alloc(32);
    tail.set([4, 1], 6);
    tail.writeUInt32BE(levels + 1, 12);
    tail.writeUInt32BE(8 + size, 28);
    assert.match(refused(Buffer.concat([Buffer.from("bplist00"), body, offsets, tail])), /too many/);
  });

  it("is refused when a text holds what no store takes", () => {
    const tail = Buffer.alloc(32);
    tail.set([1, 1], 6);
    tail[15] = 1;
    for (const object of [Buffer.of(0x51, 0), Buffer.of(0x61, 0xd8, 0)]) {
      tail[31] = 8 + object.length;
      assert.match(refused(Buffer.concat([Buffer.from("bplist00"), object, Buffer.of(8), tail])), /cannot carry/);
    }
  });

  it("never fails in another way, whatever is done to its bytes", () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, cut) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        refused(changed);
        refused(changed.subarray(cut));
      }),
      { numRuns: 20_000 },
    );
  });
});
