import type { EventFormat } from "@muster/event-formats/render";
import type { Network } from "../domain/address-policy.ts";
import type { Batching } from "../domain/sinks/batching.ts";
import type { Destination } from "./destination.ts";

export interface OpenContext {
  readonly tenant: string;
  /** The sink's id. */
  readonly sink: string;
  readonly format: EventFormat;
  /** Private networks that may be reached nevertheless. */
  readonly allowed: readonly Network[];
}

/** One kind of destination: what its configuration has to be, and how it is opened. */
export interface DestinationKind<Configuration> {
  /** The fields of the configuration that are secret, in JSON names with dots: sealed, and never shown. */
  readonly secrets: readonly string[];
  /** How events are gathered when nobody says how. */
  readonly batching: Batching;
  /** Which formats it can carry; all when left out. */
  readonly formats?: readonly EventFormat[];
  /** Refuses, with sink.bad_destination, what cannot work. */
  check(configuration: Configuration): void;
  /** The hosts it connects to; secrets are kept only as long as these stay the same. */
  hosts(configuration: Configuration): readonly string[];
  open(configuration: Configuration, context: OpenContext): Destination;
}
