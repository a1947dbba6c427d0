import { isDeepStrictEqual } from "node:util";
import type {
  ListOperationsRequest,
  Operation,
  OperationServiceServer,
} from "@muster/contracts/gen/muster/gateway/v1/operation_service";
import { Refusal } from "@muster/host/refusal";
import { encodePageToken, pageSize } from "@muster/postgres/page";
import type { Caller } from "@muster/rpc/caller";
import { type OperationPrefix, partsOfOperationId, unknownOperation } from "../../domain/operation-id.ts";
import { mayDo, type Principal } from "../../domain/principal.ts";
import { refuse } from "../../domain/refusals.ts";
import { callerOf } from "../caller-of.ts";
import type { OwnMethods } from "../own-methods.ts";
import { hasEnded } from "./operation-message.ts";
import type { OperationPage, OperationSource } from "./operation-sources.ts";

/**
 * OperationService as the gateway answers it: what services keep of their long work, seen in one way.
 * @param pause waits between two looks at what is watched, less when the signal is aborted.
 */
export function operationMethods(
  sources: Readonly<Record<OperationPrefix, OperationSource>>,
  pause: (signal: AbortSignal) => Promise<void>,
): OwnMethods<OperationServiceServer> {
  const get = async (id: string, principal: Principal): Promise<Operation> => {
    const { prefix, of } = partsOfOperationId(id);
    const source = sources[prefix];
    if (!mayDo(principal, source.right))
      throw refuse("api.forbidden", `the role ${principal.role} may not see this; it needs the right ${source.right}`);
    try {
      return await source.get(of, callerOf(principal));
    } catch (error) {
      if (error instanceof Refusal && error.kind === "not_found") throw unknownOperation(id);
      throw error;
    }
  };
  return {
    listOperations: async (request, principal) => {
      const page = await listed(asked(Object.values(sources), request, principal), request, callerOf(principal));
      const isWanted = ({ state }: Operation) =>
        request.state === "OPERATION_STATE_UNSPECIFIED" || state === request.state;
      return { operations: page.operations.filter(isWanted), nextPageToken: page.nextPageToken };
    },
    getOperation: async ({ id }, principal) => ({ operation: await get(id, principal) }),
    watchOperation: async function* ({ id }, principal, signal) {
      for (let told: Operation | undefined; !signal.aborted; ) {
        const operation = await get(id, principal);
        if (!isDeepStrictEqual(operation, told)) yield { operation };
        told = operation;
        if (hasEnded(operation.state)) return;
        await pause(signal);
      }
    },
  };
}

/** Where to look: single commands would hide all else, so they are listed only by themselves. */
function asked(sources: readonly OperationSource[], { kind }: ListOperationsRequest, principal: Principal) {
  const wanted = (source: OperationSource) =>
    kind === "OPERATION_KIND_UNSPECIFIED" ? source.kind !== "OPERATION_KIND_COMMAND" : source.kind === kind;
  const found = sources.filter((source) => wanted(source) && mayDo(principal, source.right));
  const [barred] = sources.filter(wanted);
  if (kind !== "OPERATION_KIND_UNSPECIFIED" && found.length === 0 && barred !== undefined)
    throw refuse("api.forbidden", `the role ${principal.role} may not see these; it needs the right ${barred.right}`);
  return found;
}

/** A page of all of them together, newest first: their ids are UUIDs of version 7, which are in the order of their making. */
async function listed(
  sources: readonly OperationSource[],
  { pageSize: size, pageToken }: ListOperationsRequest,
  caller: Caller,
): Promise<OperationPage> {
  const paging = { pageSize: pageSize(size), pageToken };
  const pages = await Promise.all(sources.map((source) => source.list(paging, caller)));
  if (pages.length === 1 && pages[0] !== undefined) return pages[0];
  const all = pages
    .flatMap(({ operations }) => operations)
    .map((operation) => ({ operation, of: partsOfOperationId(operation.id).of }))
    .toSorted((one, other) => (one.of < other.of ? 1 : -1));
  const page = all.slice(0, paging.pageSize);
  const isLast = page.length === all.length && pages.every(({ nextPageToken }) => nextPageToken === "");
  const last = page.at(-1);
  return {
    operations: page.map(({ operation }) => operation),
    nextPageToken: isLast || last === undefined ? "" : encodePageToken([last.of]),
  };
}
