import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { oauthHeader } from "./oauth-header.ts";

describe("the OAuth header of a session", () => {
  it("has the signature that RFC 5849's rules give", () => {
    // The example of the older specification (OAuth Core 1.0a, appendix A.5), whose answer is known to everybody.
    const url = new URL("http://photos.example.net/photos?file=vacation.jpg&size=original");
    const token = {
      consumerKey: "dpf43f3p2l4k3l03",
      consumerSecret: "kd94hf93k423kf44",
      accessToken: "nnch734d00sl2jdk",
      accessSecret: "pfkkdhi9sl3r4s00",
      expiresAt: new Date(0),
    };
    const header = oauthHeader("GET", url, token, { nonce: "kllo9940pd9333jh", now: new Date(1_191_242_096_000) });
    assert.match(header, /oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"/);
    assert.match(header, /^OAuth realm="ADM", oauth_consumer_key="dpf43f3p2l4k3l03", /);
  });
});
