import { Sink } from "@muster/contracts/gen/muster/notification/v1/sink";
import { refuse } from "../domain/refusals.ts";
import type { SinkConfiguration, SinkKind } from "../domain/sinks/sink-draft.ts";
import { elasticsearch } from "./elasticsearch.ts";
import { file } from "./file-kind.ts";
import { kafka } from "./kafka/kafka.ts";
import type { DestinationKind } from "./kind.ts";
import { s3 } from "./s3/s3.ts";
import { sentinel } from "./sentinel/sentinel.ts";
import { splunkHec } from "./splunk-hec.ts";
import { syslog } from "./syslog.ts";

type ValueOf<K extends SinkKind> = Extract<SinkConfiguration, { $case: K }>["value"];
type Everywhere = Exclude<SinkKind, "file">;
type Kinds = { readonly [K in Everywhere]: DestinationKind<ValueOf<K>> } & {
  readonly file?: DestinationKind<ValueOf<"file">>;
};
type Json = Readonly<Record<string, unknown>>;

/** Every kind of destination that sinks can have here. What is not in this table cannot be created. */
const kindsOf = (fileFolder: string): Kinds => ({
  splunkHec,
  elasticsearch,
  syslog,
  kafka,
  sentinel,
  s3,
  // Whoever may create sinks must not thereby write where the operator did not mean it.
  ...(fileFolder !== "" && { file: file(fileFolder) }),
});

/** A destination's kind, told about one configuration of it. */
export interface KnownKind extends Omit<DestinationKind<Json>, "check" | "hosts" | "open"> {
  readonly name: SinkKind;
  check(configuration: Json): void;
  hosts(configuration: Json): readonly string[];
  open(
    configuration: Json,
    context: Parameters<DestinationKind<Json>["open"]>[1],
  ): ReturnType<DestinationKind<Json>["open"]>;
}

export type DestinationRegistry = (name: SinkKind) => KnownKind;

/** Finds kinds of destinations by name. Configurations are in proto3 JSON, as they are kept. */
export function destinationRegistry({ fileFolder }: { readonly fileFolder: string }): DestinationRegistry {
  const kinds = kindsOf(fileFolder);
  return (name) => {
    const kind: DestinationKind<unknown> | undefined = kinds[name];
    if (kind === undefined) {
      throw refuse("sink.not_offered", `${name} is not offered here; there are ${Object.keys(kinds).join(", ")}`);
    }
    return {
      ...kind,
      name,
      check: (configuration) => kind.check(valueOf(name, configuration)),
      hosts: (configuration) => kind.hosts(valueOf(name, configuration)),
      open: (configuration, context) => kind.open(valueOf(name, configuration), context),
    };
  };
}

const valueOf = (name: SinkKind, configuration: Json): unknown =>
  Sink.fromJSON({ [name]: configuration }).destination?.value;

/** A destination in proto3 JSON. */
export const configurationJson = (destination: SinkConfiguration): Json =>
  (Sink.toJSON(Sink.fromPartial({ destination })) as Record<string, Json>)[destination.$case] ?? {};
