/** JSON as protos and documents have it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** A field that holds ids of another kind's things, or one; documents hold their names instead. */
export interface Reference {
  /** The field in the resource, such as selection.labelIds; where a part of it is a list, in all that are in there. */
  readonly path: string;
  /** What documents call its last part, such as labels. */
  readonly as: string;
  readonly kind: string;
}

/** One kind of things that documents may describe: what of it people decide, and which methods keep it. */
export interface Kind {
  readonly kind: string;
  /** The proto service that keeps it. */
  readonly service: string;
  readonly methods: {
    readonly list: string;
    /** Answers a thing as it would be kept, without keeping it. */
    readonly check: string;
    /** Left out where there is always exactly one. */
    readonly create?: string;
    /** Left out where a thing is never changed, only made and removed. */
    readonly update?: string;
    readonly remove?: string;
    /** Reads one with what lists leave out. */
    readonly content?: string;
  };
  /** The field by which its service knows one; `id` when left out. */
  readonly key?: string;
  /** Names that are always there to be referred to, though no document describes them. */
  readonly standing?: readonly string[];
  /** The resource's fields that people decide, but for the name. */
  readonly fields: readonly string[];
  /** What a field is when a document leaves it out; the proto's default otherwise. */
  readonly defaults?: JsonObject;
  /** Fields that stay as they were made. */
  readonly fixed?: readonly string[];
  /** Fields that matter only when a thing is made, and are not told afterwards. */
  readonly onlyNew?: readonly string[];
  readonly references?: readonly Reference[];
  /** Fields that tell whether a content is another one, where the content itself is not told. */
  readonly evidence?: readonly string[];
  /** How many devices have to do with a thing now. */
  readonly devices?: (resource: JsonObject) => number;
  /** Whether a listed thing still counts. */
  readonly isLive?: (resource: JsonObject) => boolean;
  /** Fields that hold a file as it is, which documents refer to; what is secret besides, the proto says. */
  readonly files?: readonly string[];
  /** Contents without which none is made. */
  readonly required?: readonly string[];
  /** Whether a thing that was removed cannot be made again as it was, as it holds a secret that is told to nobody. */
  readonly isLost?: (resource: JsonObject) => boolean;
  /** Whether a document that made one cannot make it again after it was removed, as its secret is never taken twice. */
  readonly isSpent?: true;
  /** Which are made before others of the kind, because those refer to them; removed in reverse. */
  readonly rank?: (spec: JsonObject) => number;
}

/** A thing as its service has it. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly json: JsonObject;
  /** Rises with each change that people make; nothing where nobody counts. */
  readonly revision?: number;
}

export const keyOf = ({ kind, name }: { readonly kind: string; readonly name: string }): string => `${kind}/${name}`;

/** Whether a thing that ends by being revoked, and is listed on, still counts. */
export const isNotRevoked = ({ revokedAt }: JsonObject): boolean => revokedAt === undefined || revokedAt === null;

/** A number of a resource's JSON; protos give 64-bit ones as text. */
export const count = (json: Json | undefined): number => Number(json ?? 0);
