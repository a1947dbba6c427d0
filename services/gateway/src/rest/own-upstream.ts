import type { DescMethod } from "@bufbuild/protobuf";
import type { Principal } from "../domain/principal.ts";
import type { Upstream } from "./upstream.ts";

/** A method of a proto service, as it is generated. */
interface Method {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (answer: never) => Buffer;
}

/** What the gateway writes: one function a method, which knows more of the caller than other services are told. */
export type OwnMethods<S> = {
  [K in keyof S as string extends K ? never : K]: S[K] extends {
    requestDeserialize: (bytes: Buffer) => infer Q;
    responseDeserialize: (bytes: Buffer) => infer R;
  }
    ? S[K] extends { responseStream: true }
      ? (request: Q, principal: Principal, signal: AbortSignal) => AsyncIterable<R>
      : (request: Q, principal: Principal) => Promise<R>
    : never;
};

type AnyMethod = (request: unknown, principal: Principal, signal?: AbortSignal) => unknown;

/** The gateway itself: the methods of a proto service that are answered in this process. */
export function ownUpstream<S extends object>(definition: S, methods: OwnMethods<S>): Upstream {
  const byPath = new Map<string, { readonly method: Method; readonly name: string }>();
  for (const [name, method] of Object.entries(definition) as [string, Method][]) {
    byPath.set(method.path, { method, name });
  }
  const methodOf = (rpc: DescMethod) => {
    const own = byPath.get(`/${rpc.parent.typeName}/${rpc.name}`);
    const answer = own && (methods as unknown as Readonly<Record<string, AnyMethod>>)[own.name];
    if (own === undefined || answer === undefined) {
      throw new Error(`${rpc.parent.typeName}/${rpc.name} is not offered here`);
    }
    return { ...own.method, answer };
  };
  return {
    unary: async (rpc, request, principal) => {
      const { answer, requestDeserialize, responseSerialize } = methodOf(rpc);
      return responseSerialize((await answer(requestDeserialize(request), principal)) as never);
    },
    stream: async function* (rpc, request, principal, signal) {
      const { answer, requestDeserialize, responseSerialize } = methodOf(rpc);
      const answers = answer(requestDeserialize(request), principal, signal) as AsyncIterable<unknown>;
      for await (const each of answers) yield responseSerialize(each as never);
    },
  };
}
