const ANY_ORIGIN = "http://own.invalid";

/** A path of our own that a browser may be sent to, and "/" in place of anything else. */
export function ownPath(text: string): string {
  const url = URL.parse(text, ANY_ORIGIN);
  if (!text.startsWith("/") || url?.origin !== ANY_ORIGIN || url.pathname.startsWith("/api/")) return "/";
  const path = url.pathname + url.search + url.hash;
  // What was "/.//elsewhere" is an address of elsewhere once it is resolved.
  return path.startsWith("//") ? "/" : path;
}
