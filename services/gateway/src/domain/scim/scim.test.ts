import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { changesOf } from "./patch.ts";
import { changedGroup, groupIn } from "./provided-group.ts";
import { changedUser, type ProvidedUser, userIn } from "./provided-user.ts";
import { listQuery } from "./query.ts";

const ADA: ProvidedUser = {
  userName: "ada@example.org",
  externalId: "1",
  email: "ada@example.org",
  name: "Ada",
  active: true,
};

const patched = (...Operations: object[]) => changesOf({ Operations }).reduce(changedUser, ADA);
const USERS = ["username", "externalid"];

describe("people that a provider keeps here", () => {
  it("come in with what a provider sends of them", () => {
    const okta = userIn({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "Ada@Example.org",
      name: { givenName: "Ada", familyName: "Lovelace" },
      emails: [
        { primary: false, value: "home@example.org", type: "home" },
        { primary: true, value: "A.Lovelace@example.org", type: "work" },
      ],
      locale: "en-US",
      groups: [],
      active: true,
    });
    assert.deepEqual(okta, {
      userName: "Ada@Example.org",
      externalId: undefined,
      email: "a.lovelace@example.org",
      name: "Ada Lovelace",
      active: true,
    });
    assert.equal(userIn({ userName: "b", active: "False" }).active, false);
    const { email, userName } = userIn({ userName: "Policy" });
    assert.deepEqual([userName, email], ["Policy", "person:policy"]);
    assert.equal(patched({ op: "replace", path: "emails", value: [{ value: "token:x" }] }).email, "person:token:x");
    assert.throws(() => userIn({ displayName: "nobody" }), { code: "scim.bad_value" });
    assert.throws(() => userIn([]), { code: "scim.bad_value" });
  });

  it("are changed by Okta: an object without a path", () => {
    assert.equal(patched({ op: "replace", value: { active: false } }).active, false);
  });

  it("are changed by Entra ID: words in capitals, booleans as text, paths with filters, paths as keys", () => {
    assert.equal(patched({ op: "Replace", path: "active", value: "False" }).active, false);
    assert.equal(patched({ op: "Add", path: "active", value: "True" }).active, true);
    const email = patched({ op: "Replace", path: 'emails[type eq "work"].value', value: "Ada.L@example.org" }).email;
    assert.equal(email, "ada.l@example.org");
    const whole = { displayName: "Ada L", "name.givenName": "Ada", 'emails[type eq "work"].value': "l@example.org" };
    const { name, email: other } = patched({ op: "replace", value: whole });
    assert.deepEqual([name, other], ["Ada L", "l@example.org"]);
    const schema = "urn:ietf:params:scim:schemas:core:2.0:User:userName";
    assert.equal(patched({ op: "Replace", path: schema, value: "al@example.org" }).userName, "al@example.org");
    const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    assert.deepEqual(patched({ op: "Add", path: department, value: "Mathematics" }), ADA);
  });

  it("are not changed by what is not understood", () => {
    for (const operation of [
      { op: "replace", path: "active", value: "perhaps" },
      { op: "move", path: "active", value: true },
      { op: "remove" },
      { op: "replace", path: "a[b", value: "c" },
      { op: "replace", value: "text" },
    ]) {
      assert.throws(() => patched(operation), { code: "scim.bad_value" }, JSON.stringify(operation));
    }
  });
});

describe("groups that a provider keeps here", () => {
  const group = groupIn({ displayName: "it", members: [{ value: "a" }, { value: "b" }] });
  const members = (...Operations: object[]) => [...changesOf({ Operations }).reduce(changedGroup, group).members];

  it("take and lose members as Okta and Entra ID say it", () => {
    assert.deepEqual(members({ op: "add", path: "members", value: [{ value: "c" }, { value: "a" }] }), ["a", "b", "c"]);
    assert.deepEqual(members({ op: "remove", path: 'members[value eq "a"]' }), ["b"]);
    assert.deepEqual(members({ op: "Remove", path: "members", value: [{ value: "b" }] }), ["a"]);
    assert.deepEqual(members({ op: "remove", path: "members" }), []);
    assert.deepEqual(members({ op: "replace", path: "members", value: [{ value: "c" }] }), ["c"]);
    const renamed = changesOf({ Operations: [{ op: "replace", value: { id: "1", displayName: "staff" } }] });
    assert.equal(renamed.reduce(changedGroup, group).name, "staff");
  });
});

describe("a list that a provider asks for", () => {
  it("has a filter of one equal attribute, and pages from 1", () => {
    const query = listQuery({ filter: 'userName eq "a\\"b"', startIndex: "11", count: "1000" }, USERS);
    assert.deepEqual(query, { filter: { attribute: "username", value: 'a"b' }, skip: 10, count: 200 });
    assert.deepEqual(listQuery({}, USERS), { filter: undefined, skip: 0, count: 100 });
    for (const filter of ['userName sw "a"', 'password eq "a"', "userName eq a", 'userName eq "a" and active eq "b"']) {
      assert.throws(() => listQuery({ filter }, USERS), { code: "scim.bad_filter" }, filter);
    }
  });
});
