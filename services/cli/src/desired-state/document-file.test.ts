import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseFile } from "./document-file.ts";
import { readDocument } from "./read-document.ts";

const SINK = `apiVersion: muster/v1
kind: Sink
metadata:
  name: splunk
spec:
  splunkHec:
    url: https://splunk.example:8088
    token:
      secretRef:
        env: HEC_TOKEN
  filter:
    types:
      - muster.policy.v1.*
      - muster.command.v1.*
`;

const only = (text: string) => {
  const [document] = parseFile("a.yaml", text).documents;
  if (document === undefined) throw new Error("there is no document");
  return document;
};
const places = (text: string) => {
  const read = readDocument(only(text));
  return Array.isArray(read) ? read.map(({ line, column, message }) => `${line}:${column} ${message}`) : [];
};

describe("a file of documents", () => {
  it("leads from a field to its place", () => {
    const { position } = only(SINK);
    const at = (path: string) => {
      const { line, column } = position(path);
      return `${line}:${column}`;
    };
    assert.equal(at("kind"), "2:1");
    assert.equal(at("spec.splunkHec.url"), "7:5");
    assert.equal(at("spec.filter.types.1"), "14:9");
    assert.equal(at("spec.filter.labels"), "11:3");
    assert.equal(at(""), "1:1");
  });

  it("is complained of where it is no YAML, and its other documents are read", () => {
    const { documents, complaints } = parseFile("a.yaml", `kind: A\nkind: B\n---\n${SINK}`);
    assert.equal(documents.length, 1);
    assert.deepEqual(
      complaints.map(({ file, line, column }) => [file, line, column]),
      [["a.yaml", 2, 1]],
    );
  });

  it("leaves what stands elsewhere out of what is sent as it is", () => {
    const read = readDocument(only(SINK));
    assert.ok(!Array.isArray(read));
    assert.deepEqual(read.spec["splunkHec"], { url: "https://splunk.example:8088" });
    assert.deepEqual(read.referrals, [{ path: "splunkHec.token", from: { env: "HEC_TOKEN" } }]);
  });

  it("is read strictly", () => {
    assert.deepEqual(places("apiVersion: v1\nkind: Label\nmetadata:\n  name: 7\n  labels: {}\nstatus: {}\n"), [
      "6:1 status: is not known; a document has apiVersion, kind, metadata, spec",
      '1:1 apiVersion: is "muster/v1"',
      "4:3 metadata.name: is a text; put it in quotes",
      "5:3 metadata.labels: is not known; metadata has only the name",
    ]);
    assert.deepEqual(places(SINK.replace("env: HEC", "enw: HEC")), [
      "8:5 spec.splunkHec.token: secretRef is {env: NAME} or {file: path}",
    ]);
  });
});
