import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkProvider, type GivenProvider, personIn, roleOfGroups } from "./sign-in-provider.ts";

const ISSUER = "https://id.example";
const given: GivenProvider = {
  name: " Example ID ",
  issuer: ISSUER,
  clientId: "muster",
  scopes: [],
  groupsClaim: "",
  rolesOfGroups: [
    { group: "helpdesk", role: "operator" },
    { group: "it", role: "admin" },
    { group: "audit", role: "auditor" },
  ],
};

describe("a sign-in provider", () => {
  it("is kept with what was left out filled in", () => {
    const { groupsClaim, name, scopes } = checkProvider(given, [ISSUER]);
    assert.deepEqual([name, groupsClaim, scopes], ["Example ID", "groups", ["openid", "email", "profile"]]);
    assert.deepEqual(checkProvider({ ...given, scopes: ["groups"] }, [ISSUER]).scopes, ["openid", "groups"]);
  });

  it("is refused when the platform does not ask its issuer, or when it does not make sense", () => {
    const code = { code: "sign_in.bad_provider" };
    assert.throws(() => checkProvider(given, []), code);
    assert.throws(() => checkProvider({ ...given, name: " " }, [ISSUER]), code);
    assert.throws(() => checkProvider({ ...given, scopes: ["two words"] }, [ISSUER]), code);
    const twice = [...given.rolesOfGroups, { group: "it", role: "viewer" }];
    assert.throws(() => checkProvider({ ...given, rolesOfGroups: twice }, [ISSUER]), code);
  });

  it("gives the role of the first mapping whose group a person is in, and nobody else any", () => {
    const provider = checkProvider(given, [ISSUER]);
    assert.equal(roleOfGroups(["audit", "helpdesk"], provider), "operator");
    assert.equal(roleOfGroups(["it", "audit"], provider), "admin");
    assert.equal(roleOfGroups(["IT", "sales"], provider), undefined);
    assert.equal(roleOfGroups([], provider), undefined);
  });

  it("tells of a person by subject, and believes no address that it has not verified", () => {
    const groupsClaim = { groupsClaim: "groups" };
    const claims = { sub: "1", email: "Ada@Example.org", preferred_username: "AL", name: "Ada", groups: ["it", 7] };
    const accounts = ["ada@example.org", "al"];
    const person = { subject: "1", email: "ada@example.org", name: "Ada", accounts, groups: ["it"] };
    assert.deepEqual(personIn(claims, groupsClaim), person);
    const unverified = { sub: "1", email: "boss@example.org", email_verified: false, preferred_username: "eve" };
    assert.equal(personIn(unverified, groupsClaim).email, "eve");
    // Nobody goes by what the platform itself goes by.
    for (const name of ["Policy", "owner", "token:deployments", "policy:7"])
      assert.equal(personIn({ sub: "1", preferred_username: name }, groupsClaim).email, `person:${name.toLowerCase()}`);
    assert.equal(personIn({ sub: "muster" }, groupsClaim).email, "person:muster");
    assert.equal(personIn({ sub: "policy-maker" }, groupsClaim).email, "policy-maker");
    assert.deepEqual(personIn({ sub: "1", roles: "it" }, { groupsClaim: "roles" }).groups, ["it"]);
  });
});
