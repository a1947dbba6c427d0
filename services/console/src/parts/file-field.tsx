import { Upload } from "lucide-react";
import { Button, FileTrigger } from "react-aria-components";

export interface ChosenFile {
  readonly name: string;
  /** The content in base64. */
  readonly content: string;
}

/** What a form that takes a file begins with. */
export const NO_FILE: { readonly file: ChosenFile | undefined } = { file: undefined };

/** The file that was chosen; asked for by what it is where none was. */
export function chosen(file: ChosenFile | undefined, what: string): ChosenFile {
  if (file === undefined) throw new Error(`Choose ${what} first.`);
  return file;
}

interface FileFieldProps {
  readonly label: string;
  /** The ends of the names that are offered: ".mobileconfig". */
  readonly accepts: readonly string[];
  readonly value: ChosenFile | undefined;
  readonly onChange: (file: ChosenFile) => void;
}

/** A file of the person's own, read here. */
export function FileField({ label, accepts, value, onChange }: FileFieldProps) {
  const take = async (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) onChange({ name: file.name, content: await inBase64(file) });
  };
  return (
    <div className="field">
      <span className="field-label">{label}</span>
      <div className="row">
        <FileTrigger acceptedFileTypes={accepts} onSelect={(files) => void take(files)}>
          <Button className="button">
            <Upload size={14} aria-hidden="true" />
            {value === undefined ? "Choose a file" : "Choose another"}
          </Button>
        </FileTrigger>
        {value !== undefined && <span className="soft">{value.name}</span>}
      </div>
    </div>
  );
}

const inBase64 = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve((reader.result as string).split(",")[1] ?? ""));
    reader.addEventListener("error", () => reject(new Error("The file cannot be read.")));
    reader.readAsDataURL(file);
  });
