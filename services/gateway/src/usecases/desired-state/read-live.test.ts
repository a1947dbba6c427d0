import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRegistry } from "@muster/contracts/descriptors";
import { KINDS, kindNamed } from "../../domain/desired-state/kinds.ts";
import { ACTIONS, type Role } from "../../domain/roles.ts";
import { ServiceKeepers } from "../../rest/desired-state/resource-keepers.ts";
import { requireRight } from "./read-live.ts";

const keepers = new ServiceKeepers(readRegistry(), {});

const ask = (role: Role, kindName: string, act: "list" | "create" | "update") => () => {
  const kind = kindNamed(kindName);
  if (kind === undefined) throw new Error(`there is no ${kindName}`);
  const principal = {
    tenant: "t",
    actor: "a",
    role,
    actions: ACTIONS[role],
    bounds: [],
    id: "1",
    ownerId: "",
    credential: "",
    proof: "token",
  } as const;
  requireRight(keepers, kind, act, principal);
};

describe("the rights to documents", () => {
  it("are those of each kind besides: who may not do a thing by itself may not do it through documents", () => {
    assert.throws(ask("operator", "AccountSignIn", "create"), {
      code: "api.forbidden",
      message: /account_sign_in\.write/,
    });
    assert.throws(ask("auditor", "Policy", "update"), { code: "api.forbidden", message: /policy\.write/ });
    assert.throws(ask("viewer", "Sink", "list"), { code: "api.forbidden", message: /sink\.read/ });
    assert.doesNotThrow(ask("operator", "Policy", "update"));
    assert.doesNotThrow(ask("admin", "AccountSignIn", "create"));
  });

  it("are known for every method that keeps a kind", () => {
    for (const kind of KINDS)
      for (const act of ["list", "create", "update", "remove", "content"] as const)
        if (kind.methods[act] !== undefined) assert.match(keepers.rightFor(kind, act), /^[a-z_]+\.[a-z]+$/, kind.kind);
  });
});
