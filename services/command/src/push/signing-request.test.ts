import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { it } from "node:test";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { isDict } from "@muster/apple-protocol/plist/value";
import { readCertificateRequest } from "@muster/apple-protocol/x509/read-request";
import { vendorSigned, writeSigningRequest } from "./signing-request.ts";

it("a request that a vendor signed is what identity.apple.com asks for", () => {
  const [own, vendor] = [0, 1].map(() => generateKeyPairSync("rsa", { modulusLength: 2_048 }));
  assert.ok(own !== undefined && vendor !== undefined);
  const chain = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n";
  const signed = vendorSigned(writeSigningRequest(own.privateKey, "acme"), { chain, key: vendor.privateKey });
  const plist = readPlist(Buffer.from(signed, "base64"));
  assert.ok(isDict(plist));
  const text = (key: string): string => {
    const value = plist[key];
    return typeof value === "string" ? value : assert.fail(`${key} is no text`);
  };
  const request = Buffer.from(text("PushCertRequestCSR"), "base64");
  assert.equal(readCertificateRequest(request).subject.get("CN"), "Muster push acme");
  assert.ok(verify("sha256", request, vendor.publicKey, Buffer.from(text("PushCertSignature"), "base64")));
  assert.equal(text("PushCertCertificateChain"), chain);
});
