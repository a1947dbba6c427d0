import type { Schema } from "@muster/api-client/call";
import type { Sink } from "../../api/types.ts";

/** What can be written of a destination, by its name in the API; `tls.serverName` stands inside of `tls`. */
export interface DestinationField {
  readonly name: string;
  readonly label: string;
  /**
   * One line of text, where nothing else is said. A `key` is a secret of several lines. A number is left out where nothing
   * is written, and `digits` may have 64 bits.
   */
  readonly kind?:
    | "secret"
    | "key"
    | "number"
    | "digits"
    | "lines"
    | "text"
    | "switch"
    | readonly (readonly [string, string])[];
  readonly help?: string;
  readonly isRequired?: boolean;
}

export type DestinationKind = "splunkHec" | "elasticsearch" | "syslog" | "kafka" | "sentinel" | "s3" | "file";

interface Destination {
  readonly title: string;
  readonly fields: readonly DestinationField[];
  /** Whether a line of text cannot be taken there: it is written to in JSON. */
  readonly takesJson?: boolean;
}

const TLS: readonly DestinationField[] = [
  {
    name: "tls.caCertificates",
    label: "Authorities that vouch for it (PEM)",
    kind: "text",
    help: "Empty means the public ones.",
  },
  {
    name: "tls.clientCertificate",
    label: "Certificate that Muster shows (PEM)",
    kind: "text",
    help: "Empty means none.",
  },
  { name: "tls.clientKey", label: "Its private key (PEM)", kind: "key" },
  { name: "tls.serverName", label: "Name in its certificate", help: "Empty means the host." },
];

const SASL = [
  ["SASL_MECHANISM_UNSPECIFIED", "Not at all"],
  ["SASL_MECHANISM_PLAIN", "PLAIN"],
  ["SASL_MECHANISM_SCRAM_SHA_256", "SCRAM-SHA-256"],
  ["SASL_MECHANISM_SCRAM_SHA_512", "SCRAM-SHA-512"],
] as const satisfies readonly (readonly [Schema<"notification.SaslMechanism">, string])[];

const COMPRESSIONS = [
  ["KAFKA_COMPRESSION_UNSPECIFIED", "zstd"],
  ["KAFKA_COMPRESSION_LZ4", "LZ4"],
  ["KAFKA_COMPRESSION_SNAPPY", "Snappy"],
  ["KAFKA_COMPRESSION_GZIP", "gzip"],
  ["KAFKA_COMPRESSION_NONE", "None"],
] as const satisfies readonly (readonly [Schema<"notification.KafkaCompression">, string])[];

const ENCODINGS = [
  ["S3_ENCODING_UNSPECIFIED", "NDJSON, gzipped"],
  ["S3_ENCODING_PARQUET", "Parquet"],
] as const satisfies readonly (readonly [Schema<"notification.S3Encoding">, string])[];

const ENCRYPTIONS = [
  ["S3_ENCRYPTION_UNSPECIFIED", "As the bucket says"],
  ["S3_ENCRYPTION_AES256", "With a key of the store"],
  ["S3_ENCRYPTION_KMS", "With a key of its key management"],
] as const satisfies readonly (readonly [Schema<"notification.S3Encryption">, string])[];

/** Every kind of destination that a sink can have. */
export const DESTINATIONS: Readonly<Record<DestinationKind, Destination>> = {
  splunkHec: {
    title: "Splunk",
    fields: [
      { name: "url", label: "Address", isRequired: true, help: "Such as https://splunk.example:8088." },
      { name: "token", label: "Token of the HTTP Event Collector", kind: "secret" },
      { name: "acknowledge", label: "An event counts only once Splunk has indexed it", kind: "switch" },
      { name: "index", label: "Index", help: "Empty means the token’s own." },
      { name: "source", label: "Source", help: "Empty means muster." },
      { name: "sourceType", label: "Source type", help: "Empty means muster: and the format." },
      ...TLS,
    ],
  },
  elasticsearch: {
    title: "Elasticsearch",
    takesJson: true,
    fields: [
      { name: "url", label: "Address", isRequired: true, help: "Such as https://elastic.example:9200." },
      { name: "index", label: "Data stream or index", isRequired: true },
      { name: "username", label: "User", help: "Empty with an API key or a client certificate." },
      { name: "password", label: "Password", kind: "secret" },
      { name: "apiKey", label: "API key", kind: "secret" },
      ...TLS,
    ],
  },
  syslog: {
    title: "syslog",
    fields: [
      { name: "host", label: "Host", isRequired: true },
      { name: "port", label: "Port", kind: "number", help: "0 means 6514." },
      { name: "facility", label: "Facility", kind: "number", help: "0 to 23; empty means 13, log audit." },
      { name: "hostname", label: "HOSTNAME of each message", help: "Empty means the tenant." },
      ...TLS,
    ],
  },
  kafka: {
    title: "Kafka",
    fields: [
      {
        name: "brokers",
        label: "Brokers, one a line",
        kind: "lines",
        isRequired: true,
        help: "Such as broker.example:9093.",
      },
      { name: "topic", label: "Topic", isRequired: true },
      { name: "saslMechanism", label: "How Muster signs in", kind: SASL },
      { name: "username", label: "User" },
      { name: "password", label: "Password", kind: "secret" },
      { name: "compression", label: "Compression", kind: COMPRESSIONS },
      { name: "plaintext", label: "Without TLS", kind: "switch" },
      ...TLS,
    ],
  },
  sentinel: {
    title: "Microsoft Sentinel",
    takesJson: true,
    fields: [
      {
        name: "endpoint",
        label: "Endpoint",
        isRequired: true,
        help: "Of the data collection rule or of its data collection endpoint.",
      },
      { name: "ruleId", label: "Id of the data collection rule", isRequired: true, help: "Such as dcr-…" },
      { name: "stream", label: "Stream", isRequired: true, help: "Such as Custom-Muster_CL." },
      { name: "entraTenantId", label: "Entra tenant", isRequired: true },
      { name: "clientId", label: "Application that signs in", isRequired: true },
      { name: "clientSecret", label: "Its secret", kind: "secret" },
      { name: "authority", label: "Where tokens come from", help: "Empty means https://login.microsoftonline.com." },
    ],
  },
  s3: {
    title: "S3",
    takesJson: true,
    fields: [
      { name: "bucket", label: "Bucket", isRequired: true },
      { name: "region", label: "Region", isRequired: true },
      { name: "endpoint", label: "Endpoint", help: "Empty means Amazon’s of the region." },
      { name: "prefix", label: "What names of objects begin with" },
      { name: "accessKeyId", label: "Id of the access key", isRequired: true },
      { name: "secretAccessKey", label: "Access key", kind: "secret" },
      { name: "pathStyle", label: "The bucket stands in the path, not in the host’s name", kind: "switch" },
      { name: "encoding", label: "What objects hold", kind: ENCODINGS },
      { name: "encryption", label: "How objects are encrypted", kind: ENCRYPTIONS },
      { name: "kmsKeyId", label: "Key of its key management", help: "Empty means the account’s own for S3." },
    ],
  },
  file: {
    title: "file",
    fields: [
      { name: "name", label: "Name of the file", isRequired: true, help: "Without a folder and without an ending." },
      { name: "rotateBytes", label: "Begin a new one after so many bytes", kind: "digits", help: "0 means 64 MiB." },
      { name: "rotateSeconds", label: "Begin a new one after so many seconds", kind: "number", help: "0 means a day." },
    ],
  },
};

export const KINDS = Object.keys(DESTINATIONS) as DestinationKind[];

/** What the other side of a sink is. */
export const kindOf = (sink: Sink): DestinationKind => KINDS.find((kind) => sink[kind] !== undefined) ?? "file";

type Format = Schema<"notification.EventFormat">;

const FORMATS = [
  ["EVENT_FORMAT_CLOUDEVENTS", "CloudEvents"],
  ["EVENT_FORMAT_OCSF", "OCSF"],
  ["EVENT_FORMAT_ECS", "ECS"],
  ["EVENT_FORMAT_CEF", "CEF"],
] as const satisfies readonly (readonly [Format, string])[];

/** How events can be written for it. */
export const formatsOf = (kind: DestinationKind) =>
  FORMATS.filter(([format]) => format !== "EVENT_FORMAT_CEF" || DESTINATIONS[kind].takesJson !== true);
