export interface RequestHead {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serialises POSTs of JSON to one door; the head is made once and only the length differs. */
export const postTo = ({ url, headers = {} }: RequestHead): ((body: string) => string) => {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, "content-type": "application/json", ...headers });
  const head = `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}content-length: `;
  // Bodies are written as latin1, so they must be ASCII: everything else is escaped, as JSON allows.
  return (body) => `${head}${body.length}\r\n\r\n${body}`;
};

/** JSON in pure ASCII, whose length in bytes is its length in characters. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
