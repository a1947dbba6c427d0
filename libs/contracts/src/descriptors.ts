import { readFileSync } from "node:fs";
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const DESCRIPTORS = new URL("./gen/descriptors.binpb", import.meta.url);

/** All protos as one serialized FileDescriptorSet, comments included. */
export const readDescriptorSet = (): Buffer => readFileSync(DESCRIPTORS);

/** What the protos say about themselves: messages, services, options, comments. */
export const readRegistry = (): FileRegistry =>
  createFileRegistry(fromBinary(FileDescriptorSetSchema, readDescriptorSet()));
