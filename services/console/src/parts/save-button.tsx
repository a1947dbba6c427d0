import { Download } from "lucide-react";
import { Button } from "react-aria-components";

interface SaveButtonProps {
  readonly fileName: string;
  readonly read: () => string | Promise<string>;
  /** The text is base64 of what the file holds. */
  readonly isBase64?: boolean;
  readonly children: string;
}

/** Saves something as a file on the person's own machine. */
export function SaveButton({ fileName, read, isBase64 = false, children }: SaveButtonProps) {
  const save = async () => {
    const text = await read();
    const content = isBase64 ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) : text;
    const url = URL.createObjectURL(new Blob([content]));
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button className="button" onPress={() => void save()}>
      <Download size={14} aria-hidden="true" />
      {children}
    </Button>
  );
}
