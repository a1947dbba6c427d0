import { createHash } from "node:crypto";
import {
  type S3Destination as Configuration,
  S3Encoding,
  S3Encryption,
} from "@muster/contracts/gen/muster/notification/v1/sink";
import { AwsV4Signer } from "aws4fetch";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../../domain/outgoing-event.ts";
import { refuse } from "../../domain/refusals.ts";
import { hostOf } from "../../outbound/guarded-lookup.ts";
import { type Destination, DestinationError } from "../destination.ts";
import { checkOrigin, type HttpAnswer, HttpOrigin, refusedWith } from "../http-origin.ts";
import type { DestinationKind, OpenContext } from "../kind.ts";
import { type Encoding, ndjson, parquet } from "./encodings.ts";
import { type ObjectDraft, objectsOf } from "./objects.ts";

// S3, "General purpose bucket naming rules".
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,64}$/;
/** What needs no escape in a path and reads the same everywhere; S3, "Object key naming guidelines". */
const PREFIX = /^(?!\/)[A-Za-z0-9/_.=-]{0,500}$/;

export const s3: DestinationKind<Configuration> = {
  secrets: ["secretAccessKey"],
  // Objects are better few and large. One at a time: their order is that of the stream.
  batching: { maxEvents: 10_000, maxBytes: 16 * 1024 * 1024, lingerMs: 300_000, inFlight: 1 },
  formats: ["cloudevents", "ocsf", "ecs"],
  check: ({ bucket, region, endpoint, prefix, accessKeyId, secretAccessKey, pathStyle, encryption, kmsKeyId }) => {
    const refuseUnless = (holds: boolean, message: string) => {
      if (!holds) throw refuse("sink.bad_destination", message);
    };
    refuseUnless(BUCKET.test(bucket), "s3.bucket is the name of a bucket such as acme-events");
    refuseUnless(REGION.test(region), "s3.region is the bucket's region such as eu-central-1");
    if (endpoint !== "") checkOrigin("s3.endpoint", endpoint);
    refuseUnless(PREFIX.test(prefix), "s3.prefix has letters, digits and / _ . = - and does not begin with /");
    // Roles of the machine's own are not asked for: they would be the operator's rights in a tenant's hand.
    refuseUnless(accessKeyId !== "" && secretAccessKey !== "", "s3.accessKeyId and s3.secretAccessKey are needed");
    refuseUnless(
      pathStyle || !bucket.includes(".") || endpoint.startsWith("http:"),
      "s3.pathStyle is needed for a bucket with dots: no certificate fits its host",
    );
    refuseUnless(
      kmsKeyId === "" || encryption === S3Encryption.S3_ENCRYPTION_KMS,
      "s3.kmsKeyId goes with the encryption S3_ENCRYPTION_KMS",
    );
  },
  hosts: (configuration) => [hostOf(bucketUrl(configuration))],
  open: (configuration, context) => new S3(configuration, context),
};

/** The bucket's own address, without a slash at its end. */
function bucketUrl({ bucket, region, endpoint, pathStyle }: Configuration): string {
  const base = new URL(endpoint || `https://s3.${region}.amazonaws.com`);
  const path = base.pathname.replace(/\/+$/, "");
  return pathStyle
    ? `${base.protocol}//${base.host}${path}/${bucket}`
    : `${base.protocol}//${bucket}.${base.host}${path}`;
}

/** Writes each batch as objects, and counts its events as taken once the store has all of them. */
class S3 implements Destination {
  readonly #configuration: Configuration;
  readonly #writer: string;
  readonly #encoding: Encoding;
  readonly #bucket: URL;
  readonly #http: HttpOrigin;

  constructor(configuration: Configuration, { sink, allowed }: OpenContext) {
    this.#configuration = configuration;
    this.#writer = sink;
    this.#encoding = configuration.encoding === S3Encoding.S3_ENCODING_PARQUET ? parquet : ndjson;
    this.#bucket = new URL(bucketUrl(configuration));
    this.#http = new HttpOrigin(this.#bucket.origin, undefined, allowed);
  }

  async send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly ItemOutcome[]> {
    const objects = objectsOf(events, this.#configuration.prefix, this.#writer);
    await Promise.all(objects.map((object) => this.#put(object, signal)));
    return events.map(() => TAKEN);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #put(object: ObjectDraft, signal: AbortSignal): Promise<void> {
    const body = Buffer.from(await this.#encoding.encode(object.events));
    const path = `${this.#bucket.pathname.replace(/\/$/, "")}/${object.key}${this.#encoding.ending}`;
    const answer = await this.#http.put({ path, headers: await this.#signed(path, body), body, signal });
    if (answer.status !== 200) throw refusal(answer);
  }

  /** S3, "Authenticating Requests (AWS Signature Version 4)"; the checksum is what buckets with Object Lock ask for. */
  async #signed(path: string, body: Buffer): Promise<Record<string, string>> {
    const { accessKeyId, secretAccessKey, region, encryption, kmsKeyId } = this.#configuration;
    const digest = createHash("sha256").update(body);
    const signer = new AwsV4Signer({
      method: "PUT",
      url: this.#bucket.origin + path,
      accessKeyId,
      secretAccessKey,
      service: "s3",
      region,
      headers: {
        "content-type": this.#encoding.contentType,
        "x-amz-content-sha256": digest.copy().digest("hex"),
        "x-amz-checksum-sha256": digest.digest("base64"),
        ...(encryption === S3Encryption.S3_ENCRYPTION_AES256 && { "x-amz-server-side-encryption": "AES256" }),
        ...(encryption === S3Encryption.S3_ENCRYPTION_KMS && { "x-amz-server-side-encryption": "aws:kms" }),
        ...(kmsKeyId !== "" && { "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId }),
      },
    });
    return Object.fromEntries((await signer.sign()).headers);
  }
}

/** No event is to blame for what a store has against an object: the key, the bucket, the clock or the store is. */
function refusal(answer: HttpAnswer): DestinationError {
  const [code, message] = ["Code", "Message"].map((tag) => new RegExp(`<${tag}>([^<]*)`).exec(answer.body)?.[1] ?? "");
  const { message: told, afterMs } = refusedWith(answer, [code, message].filter((part) => part !== "").join(": "));
  return new DestinationError(told, { retryable: true, afterMs });
}
