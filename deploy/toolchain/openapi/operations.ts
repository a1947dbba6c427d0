import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { RestRoute } from "../../../libs/contracts/src/rest.ts";
import type { CommentOf } from "../proto-comments.ts";
import { problemResponses } from "./problems.ts";
import type { Json, Schemas } from "./schemas.ts";

interface Operation extends Json {
  readonly tags: readonly [string];
}

/** Describes one method of the API after another. */
export const operationsOf =
  (schemas: Schemas, comment: CommentOf) =>
  (route: RestRoute): Operation => {
    const { rpc } = route;
    const [summary = "", ...rest] = sentences(comment(rpc).replace(/^\w+ /, ""));
    const parameters = rpc.input.fields.flatMap((field) => parameter(route, field));
    if (route.etag !== undefined) parameters.push(IF_NONE_MATCH);
    if (route.etag !== undefined || route.ifMatch !== undefined) parameters.push(IF_MATCH);
    if (route.method !== "GET") parameters.push(idempotencyKey);
    return {
      operationId: `${rpc.parent.name}_${rpc.name}`,
      tags: [rpc.parent.name.replace(/Service$/, "")],
      summary: capital(summary),
      description: [...rest, `Needs the right \`${route.action}\`.`].join(" "),
      "x-muster-action": route.action,
      ...(parameters.length > 0 && { parameters }),
      ...(route.body !== "" && { requestBody: requestBody(route) }),
      responses: {
        [String(route.successStatus)]: success(route),
        ...(route.etag !== undefined && { "304": NOT_MODIFIED }),
        ...problemResponses(route),
      },
    };

    function parameter({ pathFields, body }: RestRoute, field: DescField): Json[] {
      if (field === route.ifMatch) return [];
      const isPath = pathFields.includes(field.name);
      if (!isPath && body !== "") return [];
      const schema = { ...schemas.ofField(field, "asked"), ...(isPath && inPath), ...PAGING[field.name] };
      return [
        { name: field.jsonName, in: isPath ? "path" : "query", required: isPath, description: comment(field), schema },
      ];
    }

    function requestBody({ body, ifMatch, pathFields }: RestRoute): Json {
      const elsewhere = ifMatch === undefined ? pathFields : [...pathFields, ifMatch.name];
      const field = rpc.input.fields.find(({ name }) => name === body);
      const schema =
        field !== undefined
          ? schemas.ofField(field, "asked")
          : elsewhere.length === 0
            ? schemas.ofMessage(rpc.input, "asked")
            : schemas.object(rpc.input, "asked", elsewhere);
      return { required: true, content: { "application/json": { schema } } };
    }

    function success({ etag, responseBody }: RestRoute): Json {
      const { output } = rpc;
      const field = output.fields.find(({ name }) => name === responseBody);
      const description = comment(output);
      if (field?.scalar === ScalarType.BYTES) return { description, content: { "application/octet-stream": {} } };
      const schema =
        field !== undefined
          ? schemas.ofField(field, "answered")
          : hasText(output)
            ? { type: "object", properties: schemas.object(output, "answered", [TEXT])["properties"] }
            : schemas.ofMessage(output, "answered");
      if (rpc.methodKind !== "server_streaming")
        return {
          description,
          ...(etag !== undefined && { headers: ETAG }),
          content: { "application/json": { schema } },
        };
      return {
        description: `${description} Sent as they come: as server-sent events, or as lines of JSON to who accepts them.`,
        content: { "text/event-stream": { schema: { type: "string" } }, "application/x-ndjson": { schema } },
      };
    }
  };

/** The field that, where it is set, is sent as the line itself: the event in the format that was asked for. */
const TEXT = "text";

const hasText = ({ fields }: DescMessage): boolean => fields.some(({ name }) => name === TEXT);

const sentences = (text: string): string[] => text.split(/(?<=[.!?]) (?=[A-Z])/);

const capital = (text: string): string => text.replace(/^./, (first) => first.toUpperCase());

/** An empty part would be another path. */
const inPath: Json = { minLength: 1, maxLength: 500 };

const PAGING: Readonly<Record<string, Json>> = {
  page_size: { minimum: 0, examples: [50] },
};

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "A text of the caller's own; the same key and request within 24 hours get the first answer again.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
};

const ETAG: Json = { ETag: { $ref: "#/components/headers/ETag" } };

const NOT_MODIFIED: Json = { description: "It is as If-None-Match says it is held already.", headers: ETAG };

const IF_MATCH: Json = {
  name: "If-Match",
  in: "header",
  required: false,
  description:
    "The tags that it is read or changed with only: the ETag of an answer, or a revision in quotes; * is any.",
  schema: { type: "string", minLength: 1, examples: ['"3"'] },
};

const IF_NONE_MATCH: Json = {
  name: "If-None-Match",
  in: "header",
  required: false,
  description: "The ETag of an answer that is held already: 304 is answered while it is the same.",
  schema: { type: "string", minLength: 1, examples: ['"3-Pm3lUnGkYxbBgBPD"'] },
};
