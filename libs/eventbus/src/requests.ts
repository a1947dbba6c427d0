import { headers, type NatsConnection } from "@nats-io/transport-node";

/** A method of a proto service, as it is generated. */
interface Method {
  readonly path: string;
  readonly requestSerialize: (request: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (answer: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** The methods of a proto service as functions from request to answer. */
export type Methods<S> = {
  [K in keyof S as string extends K ? never : K]: S[K] extends {
    requestDeserialize: (bytes: Buffer) => infer Q;
    responseDeserialize: (bytes: Buffer) => infer R;
  }
    ? (request: Q) => Promise<R>
    : never;
};

type AnyMethods = Readonly<Record<string, (request: unknown) => Promise<unknown>>>;

const FAILED = "muster-failed";
const TIMEOUT_MS = 10_000;
/** Header, envelope and the broker's own limit of 1 MiB leave at least this for what an answer carries. */
export const ANSWER_BYTES = 512 * 1024;

/** Answers a proto service's methods over core NATS at <prefix>.<Method>; one of the replicas answers each request. */
export function answerRequests<S extends object>(
  bus: NatsConnection,
  prefix: string,
  definition: S,
  methods: Methods<S>,
  failed: (error: unknown, method: string) => void,
): void {
  for (const [name, method] of Object.entries(definition) as [string, Method][]) {
    const answer = (methods as unknown as AnyMethods)[name];
    if (answer === undefined) throw new Error(`${method.path} has no implementation`);
    bus.subscribe(subjectOf(prefix, method), {
      queue: prefix,
      callback: (error, message) => {
        if (error !== null) return failed(error, name);
        void Promise.resolve()
          .then(() => answer(method.requestDeserialize(Buffer.from(message.data))))
          .then((result) => message.respond(method.responseSerialize(result as never)))
          .catch((cause: unknown) => {
            failed(cause, name);
            const failure = headers();
            failure.set(FAILED, "1");
            message.respond(undefined, { headers: failure });
          });
      },
    });
  }
}

/** A client for what `answerRequests` offers. */
export function requestsTo<S extends object>(bus: NatsConnection, prefix: string, definition: S): Methods<S> {
  const client: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(definition) as [string, Method][]) {
    client[name] = async (request: unknown) => {
      const subject = subjectOf(prefix, method);
      const answer = await bus.request(subject, method.requestSerialize(request as never), { timeout: TIMEOUT_MS });
      if (answer.headers?.has(FAILED)) throw new Error(`${subject} failed on the other side; its log says why`);
      return method.responseDeserialize(Buffer.from(answer.data));
    };
  }
  return client as Methods<S>;
}

const subjectOf = (prefix: string, { path }: Method): string => `${prefix}.${path.split("/").at(-1)}`;
