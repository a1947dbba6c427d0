import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { childrenOf, octetsOf, oidOf, readDer, TAG, textOf } from "./read-der.ts";
import { element, integer, octetString, oid, sequence, set, time, utf8 } from "./write-der.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const refused = (bytes: Buffer, read: (bytes: Buffer) => unknown = readDer) =>
  assert.throws(() => read(bytes), { name: "DerError" });

describe("DER", () => {
  it("is read as it was written", () => {
    for (const size of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const content = Buffer.alloc(size, 7);
      assert.deepEqual(readDer(octetString(content)).content, content);
    }
    for (const dotted of ["1.2.840.113549.1.7.2", "2.16.840.1.113733.1.9.7", "0.9.2342.19200300.100.1.1", "2.999.3"])
      assert.equal(oidOf(readDer(oid(dotted))), dotted);
    assert.equal(textOf(readDer(utf8("Zürich"))), "Zürich");
  });

  it("has one way to write a thing", () => {
    assert.deepEqual(integer(hex("0000 80")), hex("0202 0080"));
    assert.deepEqual(integer(hex("00")), hex("0201 00"));
    assert.deepEqual(set(hex("0500"), hex("0201 01")), hex("3105 020101 0500"));
    assert.equal(textOf(readDer(time(new Date("2049-12-31T23:59:59.999Z")))), "491231235959Z");
    assert.equal(textOf(readDer(time(new Date("2050-01-01T00:00:00Z")))), "20500101000000Z");
  });

  it("of BER's kind is read too: without lengths, and strings in pieces", () => {
    const pieces = readDer(hex("2480 0402 6162 2480 0401 63 0000 0401 64 0000"));
    assert.equal(octetsOf(pieces).toString(), "abcd");
    const [inner] = childrenOf(readDer(hex("3080 3080 0500 0000 0000")));
    assert.deepEqual(inner?.content, hex("0500"));
  });

  it("is refused where bytes are missing or left over, and where lengths lie", () => {
    for (const text of ["", "30", "3081", "3082 01", "3002 05", "0500 00", "30ff ffffffff", "3084 ffffffff 00"])
      refused(hex(text));
    for (const text of ["3080", "3080 0500", "3080 0500 00", "0480 0000"]) refused(hex(text));
    refused(hex("1f 8101 00"));
    refused(hex("3003 020205"), (bytes) => childrenOf(readDer(bytes)));
  });

  it("is refused where it is nested without end, and costs no stack", () => {
    refused(Buffer.concat(Array.from({ length: 100_000 }, () => hex("3080"))));
    let deep = octetString(Buffer.of(1));
    for (let depth = 0; depth < 40; depth++) deep = element(0x24, deep);
    refused(deep, (bytes) => octetsOf(readDer(bytes)));
  });

  it("is refused where it holds more things than any message does", () => {
    const crowd = sequence(Buffer.alloc(2 * 70_000).fill(hex("0500")));
    refused(crowd, (bytes) => childrenOf(readDer(bytes)));
  });

  it("has identifiers that stay what they are, however many others were read before", () => {
    const dotted = Array.from({ length: 1_500 }, (_, index) => `1.2.840.${index}.1`);
    for (const each of [...dotted, ...dotted]) assert.equal(oidOf(readDer(oid(each))), each);
  });

  it("has no identifiers that numbers cannot hold", () => {
    for (const content of ["", "81".repeat(65), "2a" + "ff".repeat(9) + "7f"])
      refused(element(TAG.oid, hex(content)), (bytes) => oidOf(readDer(bytes)));
    refused(element(TAG.oid, hex("2a86")), (bytes) => oidOf(readDer(bytes)));
  });
});
