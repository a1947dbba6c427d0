import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AccountSignIn, accountIn, checkSignIn } from "./account-sign-in.ts";

const signIn: AccountSignIn = {
  tenant: "acme",
  id: "1",
  name: " Acme ",
  issuer: "https://id.example.org",
  clientId: "muster",
  hasSecret: false,
  domains: ["Example.org", "example.org"],
  allowsPersonal: true,
  allowsCorporate: false,
  signInDays: 0,
  minimums: [],
  createdAt: new Date(0),
  revision: 1,
};
const issuers = ["https://id.example.org"];

describe("a sign-in with managed accounts", () => {
  it("is kept in one spelling", () => {
    const { domains, name, signInDays } = checkSignIn(signIn, issuers);
    assert.deepEqual([name, domains, signInDays], ["Acme", ["example.org"], 90]);
  });

  it("asks no provider that the operator did not allow, and has domains, and somebody it is for", () => {
    for (const odd of [
      { issuer: "https://169.254.169.254" },
      { domains: [] },
      { domains: ["example"] },
      { domains: ["a b.org"] },
      { allowsPersonal: false },
      { signInDays: 367 },
      { name: " " },
      { clientId: "" },
      { minimums: [{ platform: "ios", osVersion: "newest", buildVersion: "" }] as const },
      { minimums: [{ platform: "unknown", osVersion: "18.1", buildVersion: "" }] as const },
      {
        minimums: [{ platform: "ios", osVersion: "26", buildVersion: "", beta: { title: "Beta", token: "" } }] as const,
      },
    ])
      assert.throws(() => checkSignIn({ ...signIn, ...odd }, issuers), { code: "account.bad_sign_in" });
  });

  it("believes the provider about its own domains only, and no address that it has not verified", () => {
    const checked = checkSignIn(signIn, issuers);
    const account = (claims: object) => accountIn(claims as Record<string, unknown>, checked);
    assert.equal(account({ email: "ada@example.org" }), "ada@example.org");
    assert.equal(account({ email: "ada@example.org", email_verified: false }), undefined);
    assert.equal(account({ email: "ada@else.org" }), undefined);
    assert.equal(account({ email: "ada@else.org@example.org" }), undefined);
    assert.equal(account({ preferred_username: "ada@example.org" }), "ada@example.org");
    assert.equal(account({}), undefined);
  });
});
