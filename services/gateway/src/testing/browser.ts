/** Follows redirects as a browser does: with the cookies of each origin, and no script. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#jar(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      ...init,
      headers: { ...(init.headers as Record<string, string>), cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Goes on from a redirect until it leads to this origin or to none, and returns where that is. */
  async follow(response: Response, until: string): Promise<URL> {
    let [at, answer] = [new URL(response.url), response];
    for (let step = 0; step < 10; step++) {
      const location = answer.headers.get("location");
      if (location === null) throw new Error(`${at.href} answered with ${answer.status}: ${await answer.text()}`);
      at = new URL(location, at);
      if (at.origin === until) return at;
      answer = await this.open(at.href);
    }
    throw new Error(`too many redirects, the last to ${at.href}`);
  }

  has(origin: string, cookie: string): boolean {
    return this.#jar(origin).has(cookie);
  }

  #jar(origin: string): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    return jar;
  }
}
