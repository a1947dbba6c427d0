import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onlyLabel, reachesDevice, reachesLabels } from "./device-bounds.ts";

describe("rights that are bound to labels", () => {
  const berlinLaptops = [["berlin", "hamburg"], ["laptop"]];

  it("reach a device that carries one label of each list", () => {
    assert.ok(reachesDevice(berlinLaptops, ["berlin", "laptop", "old"]));
    assert.ok(!reachesDevice(berlinLaptops, ["berlin"]) && !reachesDevice(berlinLaptops, []));
  });

  it("reach what is chosen by labels if every label of the choice is within every list", () => {
    assert.ok(reachesLabels([["berlin", "hamburg"]], ["berlin"]));
    assert.ok(!reachesLabels([["berlin"]], ["berlin", "hamburg"]) && !reachesLabels([["berlin"]], []));
    assert.ok(!reachesLabels(berlinLaptops, ["berlin"]));
  });

  it("name one label where there is just one", () => {
    assert.equal(onlyLabel([["berlin"]]), "berlin");
    assert.equal(onlyLabel([["berlin"], ["berlin"]]), "berlin");
    assert.equal(onlyLabel([["berlin", "hamburg"]]), undefined);
    assert.equal(onlyLabel([["berlin"], ["laptop"]]), undefined);
  });
});
