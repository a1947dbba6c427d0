import type { DescMethod } from "@bufbuild/protobuf";
import { IdentityServiceService } from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import type { Principal } from "../domain/principal.ts";
import type { IdentityMethods } from "../usecases/identity-methods.ts";
import type { Upstream } from "./upstream.ts";

interface Definition {
  readonly path: string;
  requestDeserialize(bytes: Buffer): unknown;
  responseSerialize(answer: unknown): Buffer;
}

type Method = (request: unknown, principal: Principal) => Promise<unknown>;

/** The gateway itself: its own methods are answered in this process, and know more of the caller than others are told. */
export function ownUpstream(methods: IdentityMethods): Upstream {
  const byPath = new Map<string, { readonly definition: Definition; readonly method: Method }>();
  for (const [name, definition] of Object.entries(IdentityServiceService) as [keyof IdentityMethods, Definition][]) {
    byPath.set(definition.path, { definition, method: methods[name] as unknown as Method });
  }
  return {
    unary: async (rpc: DescMethod, request, principal) => {
      const own = byPath.get(`/${rpc.parent.typeName}/${rpc.name}`);
      if (own === undefined) throw new Error(`${rpc.parent.typeName}/${rpc.name} is not offered here`);
      return own.definition.responseSerialize(await own.method(own.definition.requestDeserialize(request), principal));
    },
    stream: () => {
      throw new Error("the gateway's own methods do not stream");
    },
  };
}
