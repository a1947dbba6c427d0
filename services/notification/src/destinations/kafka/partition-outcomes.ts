/** What a broker said of the records of one partition. */
export type PartitionOutcome =
  | { readonly kind: "taken" }
  /** It will never take them; which of them is the cause it does not say. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "retry"; readonly reason: string };

/** Kafka, "Error codes": what is said of records and is no fault of the broker, the topic or the account. */
const REFUSALS: Readonly<Record<number, string>> = {
  2: "CORRUPT_MESSAGE: the topic has no place for such a record",
  10: "MESSAGE_TOO_LARGE: it is larger than the topic's max.message.bytes",
  18: "RECORD_LIST_TOO_LARGE: it is larger than the topic's segment.bytes",
  32: "INVALID_TIMESTAMP: its time is out of the range that the topic takes",
  87: "INVALID_RECORD: the broker validates records and does not take it",
};

interface PartitionResponse {
  readonly index: number;
  readonly errorCode: number;
  readonly errorMessage?: string | null;
}

interface ProduceError {
  readonly errors?: readonly ProduceError[];
  readonly response?: {
    readonly responses?: readonly { readonly partitionResponses: readonly PartitionResponse[] }[];
  };
  /** What other brokers took. */
  readonly produced?: { readonly offsets?: readonly { readonly partition: number }[] };
}

/** What is known of each partition after a send that failed, from the answers in its error; the last one counts. */
export function partitionOutcomes(error: unknown): Map<number, PartitionOutcome> {
  const outcomes = new Map<number, PartitionOutcome>();
  const visit = ({ errors = [], response, produced }: ProduceError): void => {
    for (const each of errors) visit(each);
    for (const { partitionResponses } of response?.responses ?? []) {
      for (const each of partitionResponses) outcomes.set(each.index, outcomeOf(each));
    }
    for (const { partition } of produced?.offsets ?? []) outcomes.set(partition, { kind: "taken" });
  };
  visit(error as ProduceError);
  return outcomes;
}

function outcomeOf({ errorCode, errorMessage }: PartitionResponse): PartitionOutcome {
  if (errorCode === 0) return { kind: "taken" };
  const told = [REFUSALS[errorCode] ?? `the broker answered with error ${errorCode}`, errorMessage ?? ""];
  const reason = told.filter((part) => part !== "").join(": ");
  return { kind: errorCode in REFUSALS ? "refused" : "retry", reason };
}

/** The deepest thing that an error of the client says: the rest says how often it was tried. */
export function causeIn(error: unknown): string {
  const { errors, cause, message } = error as Error & { errors?: readonly unknown[] };
  const next = errors?.at(-1) ?? cause;
  return next === undefined ? message : causeIn(next);
}
