/** The JSON values that stand one after another in a text, as Splunk reads a body; `undefined` for what is none. */
export function topLevelObjects(body: string): unknown[] {
  const found: unknown[] = [];
  let [depth, start] = [0, 0];
  let isText = false;
  for (let at = 0; at < body.length; at++) {
    const letter = body[at];
    if (isText) {
      if (letter === "\\") at++;
      else if (letter === '"') isText = false;
      continue;
    }
    if (letter === '"') isText = true;
    else if (letter === "{") {
      if (depth === 0) start = at;
      depth++;
    } else if (letter === "}") {
      depth--;
      if (depth === 0) found.push(parsed(body.slice(start, at + 1)));
    } else if (depth === 0 && letter?.trim() !== "") return [...found, undefined];
  }
  return depth === 0 ? found : [...found, undefined];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
