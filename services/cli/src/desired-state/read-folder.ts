import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { usage } from "../failure.ts";
import { type Complaint, type Position, parseFile } from "./document-file.ts";
import { type Referral, readDocument } from "./read-document.ts";

/** A document as the platform takes it, and where it was written. */
export interface FolderDocument {
  readonly sent: {
    readonly kind: string;
    readonly name: string;
    readonly spec: Record<string, unknown>;
    /** Contents in base64, by field. */
    readonly values: Readonly<Record<string, string>>;
  };
  readonly position: (path: string) => Position;
}

/** Reads all documents of a file, or of a folder and the folders in it but for hidden ones, and what they refer to. */
export async function readFolder(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<{ documents: FolderDocument[]; complaints: Complaint[] }> {
  const complaints: Complaint[] = [];
  const documents: FolderDocument[] = [];
  for (const file of await filesOf(path)) {
    const parsed = parseFile(file, await readFile(file, "utf8"));
    complaints.push(...parsed.complaints);
    for (const written of parsed.documents) {
      const read = readDocument(written);
      if (Array.isArray(read)) {
        complaints.push(...read);
        continue;
      }
      const values: Record<string, string> = {};
      for (const referral of read.referrals) {
        const content = await contentOf(referral, file, env);
        if (content instanceof Error)
          complaints.push({
            ...written.position(`spec.${referral.path}`),
            message: `spec.${referral.path}: ${content.message}`,
          });
        else values[referral.path] = content.toString("base64");
      }
      const { kind, name, spec } = read;
      documents.push({ sent: { kind, name, spec, values }, position: written.position });
    }
  }
  return { documents, complaints };
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: Error) => {
    throw usage(`${path} cannot be read: ${cause.message}`);
  });
  if (found.isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !file
          .slice(path.length)
          .split("/")
          .some((part) => part.startsWith(".")),
    )
    .toSorted();
}

async function contentOf({ from }: Referral, file: string, env: NodeJS.ProcessEnv): Promise<Buffer | Error> {
  if ("env" in from) {
    const value = env[from.env];
    return value ? Buffer.from(value) : new Error(`the environment variable ${from.env} is not set`);
  }
  try {
    return await readFile(resolve(dirname(file), from.file));
  } catch (cause) {
    return new Error(`${from.file} cannot be read: ${(cause as Error).message}`);
  }
}
