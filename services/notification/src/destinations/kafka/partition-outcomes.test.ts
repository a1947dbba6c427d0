import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { causeIn, partitionOutcomes } from "./partition-outcomes.ts";

const answer = (...partitions: [index: number, errorCode: number, errorMessage?: string][]) => ({
  message: "produce failed",
  response: {
    responses: [
      {
        partitionResponses: partitions.map(([index, errorCode, errorMessage]) => ({ index, errorCode, errorMessage })),
      },
    ],
  },
});

describe("what brokers said of partitions", () => {
  it("is taken, refused for what is in it, or wanted later", () => {
    assert.deepEqual(
      [...partitionOutcomes(answer([0, 0], [1, 10], [2, 19], [3, 87, "no schema"]))],
      [
        [0, { kind: "taken" }],
        [1, { kind: "refused", reason: "MESSAGE_TOO_LARGE: it is larger than the topic's max.message.bytes" }],
        [2, { kind: "retry", reason: "the broker answered with error 19" }],
        [
          3,
          { kind: "refused", reason: "INVALID_RECORD: the broker validates records and does not take it: no schema" },
        ],
      ],
    );
  });

  it("is the last thing said, and what other brokers took beside it", () => {
    const error = {
      errors: [{ errors: [answer([0, 7]), answer([0, 0], [1, 10])] }],
      produced: { offsets: [{ partition: 5 }] },
    };
    assert.deepEqual(
      [...partitionOutcomes(error)].map(([partition, { kind }]) => [partition, kind]),
      [
        [0, "taken"],
        [1, "refused"],
        [5, "taken"],
      ],
    );
  });

  it("is nothing when nobody answered", () => {
    assert.equal(partitionOutcomes(new Error("no answer")).size, 0);
    assert.equal(partitionOutcomes(new AggregateError([new Error("gone")], "2 times")).size, 0);
  });

  it("has a cause below how often it was tried", () => {
    const refused = new Error("connect ECONNREFUSED");
    assert.equal(
      causeIn(new AggregateError([new Error("a"), new Error("x", { cause: refused })], "failed")),
      refused.message,
    );
    assert.equal(causeIn(refused), refused.message);
  });
});
