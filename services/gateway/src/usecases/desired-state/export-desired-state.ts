import type { ExportDesiredStateResponse } from "@muster/contracts/gen/muster/gateway/v1/desired_state_service";
import { documentOf, untold } from "../../domain/desired-state/document-of.ts";
import type { Kind, Resource } from "../../domain/desired-state/kind.ts";
import { KINDS } from "../../domain/desired-state/kinds.ts";
import type { Live } from "../../domain/desired-state/live.ts";
import { mayDo, type Principal } from "../../domain/principal.ts";
import { inParallel } from "./in-parallel.ts";
import type { ResourceKeepers } from "./ports.ts";
import { readLive } from "./read-live.ts";

const AT_ONCE = 8;
const NOT_SHOWN = "is never shown: to make this anew, refer to it with secretRef or fileRef";

/** What there is, as documents, as far as the caller may read it; and what they lack. */
export async function exportDesiredState(
  keepers: ResourceKeepers,
  wanted: readonly string[],
  principal: Principal,
): Promise<ExportDesiredStateResponse> {
  const answer: ExportDesiredStateResponse = { documents: [], omissions: [] };
  const kinds = KINDS.filter(({ kind }) => wanted.length === 0 || wanted.includes(kind));
  const may = (kind: Kind, act: "list" | "content") => mayDo(principal, keepers.rightFor(kind, act));
  for (const kind of kinds.filter((each) => !may(each, "list"))) {
    const reason = `needs the right ${keepers.rightFor(kind, "list")}`;
    answer.omissions.push({ kind: kind.kind, name: "", path: "", reason });
  }
  const readable = kinds.filter((each) => may(each, "list"));
  const live = await readLive(
    keepers,
    readable.map(({ kind }) => kind),
    principal,
  );
  for (const kind of readable) {
    const known = [...live.of(kind.kind)].toSorted((one, other) => one.name.localeCompare(other.name));
    const unique = known.filter(({ name }) => live.named(kind.kind, name).length === 1);
    for (const name of new Set(known.filter((each) => !unique.includes(each)).map((each) => each.name)))
      answer.omissions.push({ kind: kind.kind, name, path: "", reason: "several have this name: give each its own" });
    const withContent = kind.methods.content !== undefined && may(kind, "content");
    const whole = withContent
      ? await inParallel(unique, AT_ONCE, (each) => keepers.withContent(kind, each, principal))
      : unique;
    for (const resource of whole) add(answer, keepers, kind, resource, live);
  }
  return answer;
}

function add(
  answer: ExportDesiredStateResponse,
  keepers: ResourceKeepers,
  kind: Kind,
  resource: Resource,
  live: Live,
): void {
  const shape = keepers.shape(kind);
  const { name, spec, values } = documentOf(kind, shape, resource, live.nameOf);
  const contents = Object.fromEntries([...values].map(([path, content]) => [path, Buffer.from(content)]));
  answer.documents.push({ kind: kind.kind, name, spec, values: contents });
  const isWhole = kind.isLost?.(resource.json) === false;
  for (const path of isWhole ? [] : untold(shape, resource.json))
    answer.omissions.push({ kind: kind.kind, name, path, reason: NOT_SHOWN });
}
