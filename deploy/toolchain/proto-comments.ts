import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
  FileRegistry,
} from "@bufbuild/protobuf";

export type CommentOf = (item: Commented) => string;

type Commented = DescMessage | DescField | DescService | DescMethod | DescEnum | DescEnumValue;

/** The leading comments of one file, by the path of what they describe (descriptor.proto, SourceCodeInfo). */
export type Comments = ReadonlyMap<string, string>;

export function commentsOf(file: DescFile): Comments {
  const comments = new Map<string, string>();
  for (const location of file.proto.sourceCodeInfo?.location ?? []) {
    const text = location.leadingComments.trim().replaceAll(/\s+/g, " ");
    if (text !== "") comments.set(location.path.join("."), text);
  }
  return comments;
}

// Field numbers in descriptor.proto: a file's messages 4, enums 5, services 6; a message's fields 2; a service's
// methods 2; an enum's values 2.
function pathOf(item: Commented): string {
  switch (item.kind) {
    case "message":
      return `4.${item.file.messages.indexOf(item)}`;
    case "field":
      return `${pathOf(item.parent)}.2.${item.parent.fields.indexOf(item)}`;
    case "service":
      return `6.${item.file.services.indexOf(item)}`;
    case "rpc":
      return `${pathOf(item.parent)}.2.${item.parent.methods.indexOf(item)}`;
    case "enum":
      return `5.${item.file.enums.indexOf(item)}`;
    case "enum_value":
      return `${pathOf(item.parent)}.2.${item.parent.values.indexOf(item)}`;
  }
}

export const commentOf = (comments: Comments, item: Commented): string => comments.get(pathOf(item)) ?? "";

/** The comments of all files, each read once. */
export function commentsInRegistry(registry: FileRegistry): CommentOf {
  const byFile = new Map([...registry.files].map((file) => [file, commentsOf(file)]));
  return (item) => commentOf(byFile.get(fileOf(item)) ?? new Map(), item);
}

function fileOf(item: Commented): DescFile {
  return "file" in item ? item.file : fileOf(item.parent);
}
