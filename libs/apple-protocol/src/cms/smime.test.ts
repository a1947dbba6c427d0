import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openssl, pem } from "../testing/openssl.ts";
import { newRsaKey, testAuthority } from "../testing/test-authority.ts";
import { CmsError } from "./cms-error.ts";
import { sealEnvelope } from "./seal-envelope.ts";
import { openSmime } from "./smime.ts";

const token = '-----BEGIN MESSAGE-----\n{"consumer_key":"CK","org":"Zürich"}\n-----END MESSAGE-----\n';
const part = (encoding: string, body: string) =>
  `Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;

describe("an S/MIME file", () => {
  const recipient = testAuthority([["CN", "Muster"]]);
  const cert = pem("CERTIFICATE", recipient.certificate);
  const seal = (text: string) =>
    sealEnvelope(Buffer.from(text), { recipient: recipient.certificate, cipher: "aes256" });
  const open = (file: Uint8Array | string) => openSmime(Buffer.from(file), recipient).toString();

  it("that openssl writes is opened, with any cipher, in DER and in BER", async () => {
    for (const way of [["-aes256"], ["-des3"], ["-aes128", "-stream"], ["-aes128", "-crlfeol"]]) {
      const encrypt = ["smime", "-encrypt", "-in", "text", "-out", "out", ...way, "cert"];
      const { out } = await openssl(encrypt, { text: part("7bit", token), cert });
      assert.match(out.toString(), /smime-type=enveloped-data/);
      assert.equal(open(out).replaceAll("\r\n", "\n"), token, way.join(" "));
    }
  });

  it("is opened without its headers, as PEM and as DER", () => {
    const der = seal(part("7bit", token));
    for (const file of [der, der.toString("base64"), pem("PKCS7", der), `\n${pem("CMS", der)}`])
      assert.equal(open(file), token);
  });

  it("has its header lines folded, and in any case", () => {
    const der = seal(token).toString("base64");
    const head = 'CONTENT-TYPE: application/pkcs7-mime;\r\n\tname="smime.p7m"\r\nMIME-Version: 1.0';
    assert.equal(open(`${head}\r\n\r\n${der}`), token);
  });

  it("hands out the text however it was made fit for the post", () => {
    const bytes = Buffer.from(token);
    assert.equal(open(seal(part("base64", bytes.toString("base64")))), token);
    const quoted = bytes
      .toString("latin1")
      .replaceAll(/[=\x80-\xff]/g, (each) => `=${each.charCodeAt(0).toString(16)}`);
    assert.equal(open(seal(part("quoted-printable", quoted.replace("consumer", "con=\r\nsumer")))), token);
    assert.equal(open(seal(part("8bit", token))), token);
    assert.throws(() => open(seal(part("x-uuencode", token))), { name: "CmsError", code: "unsupported" });
  });

  it("is refused when it is something else, or for somebody else", () => {
    for (const file of ["", "{}", "Content-Type: text/plain\r\n\r\nhello", part("base64", "MAA=")])
      assert.throws(() => open(file), { name: "CmsError", code: "malformed" });
    const stranger = { ...recipient, key: newRsaKey() };
    // One wrong key in 256 leaves what looks like padding, and then something that is no file.
    try {
      assert.notEqual(openSmime(seal(part("7bit", token)), stranger), token);
    } catch (error) {
      assert.ok(error instanceof CmsError, String(error));
    }
  });
});
