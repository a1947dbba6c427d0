import {
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";

/** Turns serialized answers of a method into what REST answers: proto3 JSON in which nothing is left out for being empty. */
export class ResponseReader {
  readonly #registry: FileRegistry;
  readonly #route: RestRoute;
  readonly #part: DescField | undefined;

  constructor(registry: FileRegistry, route: RestRoute) {
    this.#registry = registry;
    this.#route = route;
    this.#part = route.rpc.output.fields.find((field) => field.name === route.responseBody);
  }

  json(answer: Uint8Array): JsonValue {
    const { output } = this.#route.rpc;
    const json = toJson(output, fromBinary(output, answer), {
      registry: this.#registry,
      alwaysEmitImplicit: true,
    }) as JsonObject;
    return this.#part === undefined ? json : (json[this.#part.jsonName] ?? null);
  }

  /** The message whose JSON the answer is; nothing when it is a list or a plain value. */
  get shape(): DescMessage | undefined {
    if (this.#part === undefined) return this.#route.rpc.output;
    return this.#part.fieldKind === "message" ? this.#part.message : undefined;
  }

  /** Whether the answer is bytes to be saved rather than JSON. */
  get isBytes(): boolean {
    return this.#part?.scalar === ScalarType.BYTES;
  }

  bytes(answer: Uint8Array): Uint8Array {
    const message = fromBinary(this.#route.rpc.output, answer) as Message & Record<string, unknown>;
    return message[this.#part?.localName ?? ""] as Uint8Array;
  }
}
