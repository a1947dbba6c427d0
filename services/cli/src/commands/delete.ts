import { usage } from "../failure.ts";
import { print } from "../output/print.ts";
import { keyOf, listOf, namesOf, oneOf, onePath } from "./resources/find-one.ts";
import { kindOf } from "./resources/known-kinds.ts";
import { RESOURCES } from "./resources.ts";
import { type GlobalOptions, openSession } from "./session.ts";
import { doEach, endSeveral } from "./several.ts";

/** Removes things of a kind, each by its id or name; one that cannot be removed keeps no other. */
export async function remove(word: string, names: readonly string[], options: GlobalOptions): Promise<void> {
  const kind = kindOf(word);
  if (kind.one?.includes("delete") !== true)
    throw usage(`${kind.plural} cannot be deleted; what can be is ${DELETABLE.join(", ")}`);
  const { api } = openSession(options);
  const items = await listOf(api, kind);
  const undone = await doEach(names, String, async (name) => {
    const item = oneOf(items, kind, name);
    await api.call(onePath(kind, keyOf(kind, item)), { method: "DELETE" });
    print(`${namesOf(kind, item)[0] ?? name} is removed\n`);
  });
  endSeveral(undone, names.length);
}

const DELETABLE = Object.keys(RESOURCES).filter((name) => RESOURCES[name]?.one?.includes("delete"));
