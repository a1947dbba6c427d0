/** `Name: value` lines, as /proc/<pid>/status, /proc/meminfo and Debian control files hold them; a continued line starts with a blank. */
export function readFields(text: string, separator = ":"): Map<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split("\n")) {
    if ((line.startsWith(" ") || line.startsWith("\t")) && last !== undefined) {
      fields.set(last, `${fields.get(last) ?? ""}\n${line.trim()}`);
      continue;
    }
    const at = line.indexOf(separator);
    if (at < 1) continue;
    last = line.slice(0, at).trim();
    fields.set(last, line.slice(at + separator.length).trim());
  }
  return fields;
}

/** `NAME="value"` lines (os-release(5)). */
export function readShellFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of readFields(text, "=")) fields.set(name, value.replace(/^(["'])(.*)\1$/, "$2"));
  return fields;
}

/** The lines that say something: no blank ones, and none whose first character is `#`. */
export function sayingLines(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
