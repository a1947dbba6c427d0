import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { base32, otpauthUri, plainRecoveryCode, recoveryCode, stepOfCode, totpCode } from "./totp.ts";

const SECRET = Buffer.from("12345678901234567890");

describe("codes of an authenticator app", () => {
  it("are those of RFC 4226, appendix D, and of RFC 6238, appendix B", () => {
    assert.deepEqual(
      Array.from({ length: 10 }, (_, step) => totpCode(SECRET, step)),
      ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"],
    );
    // The last six of the eight digits there.
    for (const [second, code] of [
      [59, "287082"],
      [1_111_111_109, "081804"],
      [1_111_111_111, "050471"],
      [1_234_567_890, "005924"],
      [2_000_000_000, "279037"],
      [20_000_000_000, "353130"],
    ] as const) {
      assert.equal(stepOfCode(SECRET, code, new Date(second * 1_000), 0), Math.floor(second / 30));
    }
  });

  it("count for the step before and the one after, not further, and once", () => {
    const now = new Date(1_000 * 30_000);
    for (const step of [999, 1_000, 1_001]) assert.equal(stepOfCode(SECRET, totpCode(SECRET, step), now, 0), step);
    for (const step of [998, 1_002]) assert.equal(stepOfCode(SECRET, totpCode(SECRET, step), now, 0), undefined);
    assert.equal(stepOfCode(SECRET, totpCode(SECRET, 1_000), now, 1_000), undefined);
    assert.equal(stepOfCode(SECRET, totpCode(SECRET, 1_001), now, 1_000), 1_001);
    assert.equal(stepOfCode(SECRET, "12345", now, 0), undefined);
  });

  it("come from a secret that apps can read", () => {
    assert.equal(base32(Buffer.from("foobar")), "MZXW6YTBOI");
    assert.equal(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert.equal(
      otpauthUri("GEZDGNBV", "ada@example.org"),
      "otpauth://totp/Muster:ada%40example.org?secret=GEZDGNBV&issuer=Muster",
    );
  });

  it("can be replaced by a recovery code, however that is typed", () => {
    const code = recoveryCode(Buffer.from("0123456789"));
    assert.match(code, /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    assert.equal(plainRecoveryCode(` ${code.toLowerCase().replaceAll("-", " ")} `), code.replaceAll("-", ""));
  });
});
