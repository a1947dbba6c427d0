import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "react-aria-components";

const SHOWN_MS = 1_600;

function CopyButton({ text, label = "Copy" }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  // Browsers lend the clipboard only to pages that came over TLS or from this machine.
  if (navigator.clipboard === undefined) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <Button className="icon-button" aria-label={copied ? "Copied" : label} onPress={() => void copy()}>
      {copied ? <Check size={14} /> : <Copy size={14} />}
    </Button>
  );
}

/** Something to paste into a terminal. */
export const CopyLine = ({ text }: { readonly text: string }) => (
  <div className="copy-line">
    <pre tabIndex={0}>{text}</pre>
    <CopyButton text={text} label="Copy the command" />
  </div>
);
