import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  S3Destination as Configuration,
  S3Encoding,
  S3Encryption,
} from "@muster/contracts/gen/muster/notification/v1/sink";
import { S3Simulator } from "@muster/e2e/simulators/sinks/s3";
import { cidrs } from "../../domain/address-policy.ts";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import { pythonPackages } from "../../testing/python.ts";
import { KEYS, motoServer, RunningS3, versityGateway } from "../../testing/s3-servers.ts";
import type { Destination } from "../destination.ts";
import { s3 } from "./s3.ts";

const never = new AbortController().signal;
const TAKEN = { kind: "taken" };

const openAt = (url: string, changes: object = {}): Destination => {
  const place = { endpoint: url, bucket: "events", region: "us-east-1", pathStyle: true, prefix: "muster" };
  const configuration = Configuration.fromPartial({ ...place, ...KEYS, ...changes });
  s3.check(configuration);
  return s3.open(configuration, { tenant: "acme", sink: "s1", format: "ocsf", allowed: cidrs("127.0.0.1/32") });
};

for (const program of [motoServer, versityGateway]) {
  describe(`the S3 API of ${program.name} as a sink`, { skip: program.missing }, () => {
    let store: RunningS3;
    let sink: Destination | undefined;

    before(async () => {
      store = await RunningS3.start(program);
    });

    after(() => store.stop());

    afterEach(() => sink?.close());

    it("holds each hour's events as lines, and a repetition replaces the object", async () => {
      sink = openAt(store.url);
      const events = [outgoingEvent(1), outgoingEvent(2, { time: new Date("2026-03-01T09:30:00Z") }), outgoingEvent(3)];
      assert.deepEqual(await sink.send(events, never), [TAKEN, TAKEN, TAKEN]);
      const keys = await store.keys();
      assert.deepEqual(
        keys.map((key) => key.replace(/-[0-9a-f]{12}/, "")),
        ["muster/2026/03/01/08/s1/7.1-7.3.ndjson.gz", "muster/2026/03/01/09/s1/7.2-7.2.ndjson.gz"],
      );
      const { body } = await store.read(keys[0] ?? "");
      assert.equal(gunzipSync(body).toString(), '{"n":1}\n{"n":3}\n');
      await sink.send(events.toReversed(), never);
      assert.deepEqual(await store.keys(), keys);
    });

    it("encrypts as it was asked to", { skip: !program.tellsEncryption }, async () => {
      sink = openAt(store.url, { prefix: "sealed", encryption: S3Encryption.S3_ENCRYPTION_AES256 });
      assert.deepEqual(await sink.send([outgoingEvent(1)], never), [TAKEN]);
      const key = (await store.keys()).find((each) => each.startsWith("sealed/")) ?? assert.fail();
      assert.equal((await store.read(key)).headers.get("x-amz-server-side-encryption"), "AES256");
    });

    it("takes nothing when the bucket is not there", async () => {
      sink = openAt(store.url, { bucket: "elsewhere" });
      await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /404: NoSuchBucket/ });
    });

    it("takes nothing when the key is wrong", { skip: !program.checksSignatures }, async () => {
      sink = openAt(store.url, { secretAccessKey: "another" });
      await assert.rejects(sink.send([outgoingEvent(1)], never), {
        retryable: true,
        message: /403: SignatureDoesNotMatch/,
      });
    });
  });
}

const pyarrow = pythonPackages("pyarrow-26.0.1", ["pyarrow==26.0.1"]);

describe("Parquet as pyarrow reads it", { skip: "missing" in pyarrow && pyarrow.missing }, () => {
  const store = new S3Simulator();
  const folder = mkdtempSync(join(tmpdir(), "muster-parquet-"));

  before(() => store.open());

  after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("has what is searched by in columns, and the event beside it", async () => {
    const sink = openAt(store.url, { encoding: S3Encoding.S3_ENCODING_PARQUET });
    const known = { deviceId: "d1", actor: "ada@acme.example", traceId: "4bf92f3577b34da6a3ce929d0e0e4736" };
    const events = [outgoingEvent(1, known), outgoingEvent(2, { text: '{"name":"Zürich — 東京"}' })];
    assert.deepEqual(await sink.send(events, never), [TAKEN, TAKEN]);
    await sink.close();
    const [[name, { body }] = assert.fail()] = store.objects;
    assert.match(name, /^\/events\/muster\/2026\/03\/01\/08\/s1\/7\.1-7\.2-[0-9a-f]{12}\.parquet$/);
    const path = join(folder, "events.parquet");
    writeFileSync(path, body);
    const script = `
import json, sys
import pyarrow.parquet as parquet
file = parquet.ParquetFile(sys.argv[1])
table = file.read()
print(json.dumps({
  "types": {field.name: str(field.type) for field in table.schema},
  "codec": file.metadata.row_group(0).column(7).compression,
  "rows": table.to_pylist(),
}, default=str))`;
    const read = execFileSync("python3", ["-c", script, path], {
      env: { ...process.env, PYTHONPATH: (pyarrow as { folder: string }).folder },
      encoding: "utf8",
    });
    const common = { type: "muster.policy.v1.PolicyChanged", tenant: "acme" };
    assert.deepEqual(JSON.parse(read), {
      types: {
        time: "timestamp[ms, tz=UTC]",
        type: "string",
        id: "string",
        tenant: "string",
        device_id: "string",
        actor: "string",
        trace_id: "string",
        data: "string",
      },
      codec: "ZSTD",
      rows: [
        {
          ...common,
          time: "2026-03-01 08:00:00+00:00",
          id: outgoingEvent(1).id,
          device_id: "d1",
          actor: known.actor,
          trace_id: known.traceId,
          data: '{"n":1}',
        },
        {
          ...common,
          time: "2026-03-01 08:00:00+00:00",
          id: outgoingEvent(2).id,
          device_id: null,
          actor: null,
          trace_id: null,
          data: '{"name":"Zürich — 東京"}',
        },
      ],
    });
  });
});

describe("an S3 API that is not well", () => {
  let store: S3Simulator;
  let sink: Destination;

  beforeEach(async () => {
    store = new S3Simulator();
    await store.open();
  });

  afterEach(async () => {
    await sink.close();
    await store.close();
  });

  it("is left alone for as long as it asked", async () => {
    sink = openAt(store.url);
    const message = "Please reduce your request rate.";
    store.befalls = () => ({ status: 503, code: "SlowDown", message, retryAfter: "7" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), {
      retryable: true,
      afterMs: 7_000,
      message: "the other side answered 503: SlowDown: Please reduce your request rate.",
    });
  });

  it("has taken nothing when one object of several was not stored", async () => {
    sink = openAt(store.url);
    const broken = { status: 500, code: "InternalError", message: "We encountered an internal error." };
    store.befalls = (path) => (path.includes("/09/") ? broken : undefined);
    const later = outgoingEvent(2, { time: new Date("2026-03-01T09:00:00Z") });
    await assert.rejects(sink.send([outgoingEvent(1), later], never), { retryable: true, message: /500/ });
  });

  it("is asked for the encryption and the key that the sink names, in what is signed", async () => {
    sink = openAt(store.url, { encryption: S3Encryption.S3_ENCRYPTION_KMS, kmsKeyId: "key-1" });
    await sink.send([outgoingEvent(1)], never);
    const [[, { headers }] = assert.fail()] = store.objects;
    assert.equal(headers["x-amz-server-side-encryption"], "aws:kms");
    assert.equal(headers["x-amz-server-side-encryption-aws-kms-key-id"], "key-1");
    assert.match(headers.authorization ?? "", /SignedHeaders=[^,]*x-amz-server-side-encryption-aws-kms-key-id/);
  });

  it("is never spoken to where sinks may not reach", async () => {
    sink = s3.open(Configuration.fromPartial({ endpoint: store.url, bucket: "events", pathStyle: true, ...KEYS }), {
      tenant: "acme",
      sink: "s1",
      format: "ocsf",
      allowed: [],
    });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { message: /may not be sent to/ });
    assert.equal(store.objects.size, 0);
  });
});

describe("a bucket's configuration", () => {
  const good = { bucket: "acme-events", region: "eu-central-1", ...KEYS };
  const check = (changes: object) => () => s3.check(Configuration.fromPartial({ ...good, ...changes }));

  it("names the host that is spoken to", () => {
    const hostsOf = (changes: object) => s3.hosts(Configuration.fromPartial({ ...good, ...changes }));
    assert.deepEqual(hostsOf({}), ["acme-events.s3.eu-central-1.amazonaws.com"]);
    assert.deepEqual(hostsOf({ pathStyle: true }), ["s3.eu-central-1.amazonaws.com"]);
    assert.deepEqual(hostsOf({ endpoint: "https://minio.example:9000", pathStyle: true }), ["minio.example"]);
  });

  it("is refused when it cannot work", () => {
    assert.doesNotThrow(check({}));
    for (const [changes, message] of [
      [{ bucket: "No" }, /s3\.bucket/],
      [{ region: "" }, /s3\.region/],
      [{ endpoint: "minio:9000" }, /s3\.endpoint/],
      [{ prefix: "/a b" }, /s3\.prefix/],
      [{ secretAccessKey: "" }, /s3\.secretAccessKey/],
      [{ bucket: "acme.events" }, /s3\.pathStyle/],
      [{ kmsKeyId: "k" }, /s3\.kmsKeyId/],
    ] as const) {
      assert.throws(check(changes), { message }, JSON.stringify(changes));
    }
  });
});
