import type { FileRegistry } from "@bufbuild/protobuf";
import { type RestRoute, restRoutes } from "../../libs/contracts/src/rest.ts";
import { ACTIONS, ROLES } from "../../services/gateway/src/domain/roles.ts";
import { commentOf, commentsOf } from "./proto-comments.ts";

/** The table of every endpoint and role, for people who decide who gets which role. */
export function rightsDocument(registry: FileRegistry): string {
  const routes = restRoutes(registry);
  const parts = [
    "# Rights",
    "",
    "Generated from the protos and the roles by `npm run generate`; a test asks each of them in each role.",
    "",
    `${routes.length} endpoints, each with the one right that it asks for, and the roles that have it: ${ROLES.join(", ")}.`,
    "A user has one role; an API token has one that can do no more than the user behind it may now. Both are held to their",
    "tenant, which can make roles of its own of any of these rights (`POST /api/v1/roles`).",
    "",
  ];
  for (const [service, ofService] of Map.groupBy(
    routes,
    ({ rpc }) => rpc.parent.file.proto.package.split(".")[1] ?? "",
  )) {
    parts.push(
      `## ${service}`,
      "",
      `| endpoint | what it does | right | ${ROLES.join(" | ")} |`,
      `| --- | --- | --- |${" :-: |".repeat(ROLES.length)}`,
      ...ofService.map(row),
      "",
    );
  }
  return parts.join("\n");
}

function row({ action, method, path, rpc }: RestRoute): string {
  const roles = ROLES.map((role) => (ACTIONS[role].includes(action) ? "yes" : ""));
  return `| ${[`\`${method} ${path}\``, whatItDoes(rpc), `\`${action}\``, ...roles].join(" | ")} |`;
}

/** The first sentence of a method's comment, without the method's name before it. */
function whatItDoes(rpc: RestRoute["rpc"]): string {
  const [sentence = ""] = commentOf(commentsOf(rpc.parent.file), rpc).split(/[.;:] |\.$/);
  return sentence
    .replace(/^\w+ /, "")
    .replace(/^./, (first) => first.toUpperCase())
    .replaceAll("|", "\\|");
}
