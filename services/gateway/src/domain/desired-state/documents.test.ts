import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { didYouMean } from "./did-you-mean.ts";
import { type Document, readDocuments } from "./documents.ts";
import type { Field, Shape } from "./shape.ts";
import { fieldNamedIn } from "./shape.ts";

const field = (name: string, parts: Partial<Field> = {}): Field => ({
  name,
  type: "text",
  list: false,
  hidden: false,
  file: false,
  optional: false,
  values: [],
  prefix: "",
  shape: undefined,
  names: undefined,
  oneOf: undefined,
  ...parts,
});

const SHAPE: Shape = [
  field("description"),
  field("severity", {
    type: "enum",
    prefix: "SEVERITY_",
    values: ["SEVERITY_UNSPECIFIED", "SEVERITY_LOW", "SEVERITY_HIGH"],
  }),
  field("intervalSeconds", { type: "number" }),
  field("token", { hidden: true }),
  field("splunk", { type: "object", oneOf: "destination", shape: [field("password", { hidden: true }), field("url")] }),
  field("kafka", { type: "object", oneOf: "destination", shape: [field("topic")] }),
  field("labels", { list: true, names: "Label" }),
];

const read = (spec: Document["spec"], values: Record<string, string> = {}, more: Partial<Document> = {}) =>
  readDocuments(
    [
      {
        kind: "Policy",
        name: "one",
        spec,
        values: new Map(Object.entries(values).map(([path, text]) => [path, Buffer.from(text)])),
        ...more,
      },
    ],
    () => SHAPE,
  );
const complaints = (...args: Parameters<typeof read>) =>
  read(...args).problems.map(({ path, message }) => `${path} ${message}`);

describe("a document", () => {
  it("is read strictly, and all that is wrong with it is told at once", () => {
    assert.deepEqual(
      complaints({ descripton: "x", severity: "hihg", intervalSeconds: "60", labels: "a", name: "one" }),
      [
        'spec.descripton is not known — did you mean "description"?',
        'spec.severity is the text "hihg", and should be one of low, high — did you mean "high"?',
        'spec.intervalSeconds is the text "60", and should be a number',
        'spec.labels is the text "a", and should be a list',
        "spec.name is not known here: the name stands in metadata.name",
      ],
    );
  });

  it("may write enums short, and has its kind's defaults for what it leaves out", () => {
    const [wanted] = read({ severity: "high" }).wanted;
    assert.deepEqual(wanted?.json, { enabled: true, severity: "SEVERITY_HIGH" });
  });

  it("never holds a secret, and gets those that it refers to in their places", () => {
    assert.deepEqual(complaints({ token: "hunter2" }), [
      "spec.token is never written down: refer to it, as secretRef: {env: NAME} or {file: path}",
    ]);
    const { wanted, problems } = read(
      { splunk: { url: "https://splunk.example" } },
      { "splunk.password": "hunter2\n" },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(wanted[0]?.json["splunk"], { url: "https://splunk.example", password: "hunter2" });
    assert.deepEqual(complaints({}, { labels: "x" }), ["spec.labels no content can stand here"]);
  });

  it("has one of several things that exclude each other", () => {
    assert.deepEqual(complaints({ splunk: {}, kafka: {} }), [
      "spec.kafka cannot stand beside splunk: only one of them",
    ]);
  });

  it("is of a known kind, and has a name that no other has", () => {
    assert.deepEqual(complaints({}, {}, { kind: "Polcy" }), ['kind "Polcy" is not known — did you mean "Policy"?']);
    assert.deepEqual(complaints({}, {}, { name: " " }), [
      "metadata.name has 1 to 200 characters, without spaces around them",
    ]);
    const same: Document = { kind: "Policy", name: "one", spec: {}, values: new Map() };
    assert.deepEqual(
      readDocuments([same, same], () => SHAPE).problems.map(({ document, path }) => [document, path]),
      [[1, "metadata.name"]],
    );
  });
});

describe("a hint", () => {
  it("names what is a slip of the finger away, and nothing else", () => {
    assert.equal(didYouMean("qeury", ["query", "kind"]), ' — did you mean "query"?');
    assert.equal(didYouMean("Labels", ["labels"]), ' — did you mean "labels"?');
    assert.equal(didYouMean("colour", ["query", "kind"]), "");
  });
});

describe("a service's refusal", () => {
  it("leads to the field that it names, however it spells it", () => {
    assert.equal(fieldNamedIn("interval_seconds is 60 to 2592000", SHAPE), "intervalSeconds");
    assert.equal(fieldNamedIn("give splunk.password anew", SHAPE), "splunk.password");
    assert.equal(fieldNamedIn("somebody was faster", SHAPE), "");
  });
});
