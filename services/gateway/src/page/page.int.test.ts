import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";

describe("the page", () => {
  let gateway: GatewayProcess<unknown>;

  before(async () => {
    // Nothing of the page itself needs a service; port 9 (discard) is nobody's.
    gateway = await startGatewayProcess("127.0.0.1:9");
  });

  after(() => gateway.stop());

  it("opens at every address it shows, without a script or style in it", async () => {
    for (const path of [
      "/",
      "/devices",
      "/devices/0199a3f0",
      "/query",
      "/policies",
      "/webhooks",
      "/enroll",
      "/sign-in",
    ]) {
      const response = await fetch(gateway.url + path);
      assert.equal(response.status, 200, path);
      assert.match(
        response.headers.get("content-security-policy") ?? "",
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      const html = await response.text();
      assert.doesNotMatch(html, /<script(?![^>]* src=)|<style| style=| on\w+=/);
    }
  });

  it("has every file it asks for", async () => {
    const seen = new Set(["/"]);
    for (const path of seen) {
      const response = await fetch(gateway.url + path);
      assert.equal(response.status, 200, path);
      const text = await response.text();
      for (const [, file] of text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) seen.add(file ?? "");
      if (path.endsWith(".js"))
        for (const [, file] of text.matchAll(/from "\.\/([^"]+)"/g)) seen.add(`/assets/${file}`);
    }
    assert.ok(seen.size > 15, [...seen].join(" "));
  });

  it("puts nothing that came from a device into markup", async () => {
    for (const file of ["app.js", "dom.js", "device.js", "device-facts.js", "query.js", "feed.js"]) {
      const text = await (await fetch(`${gateway.url}/assets/${file}`)).text();
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/, file);
    }
  });

  it("is not there at addresses that nobody knows, and says so", async () => {
    const response = await fetch(`${gateway.url}/nowhere`);
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [404, "http.unknown_path"]);
  });

  it("is answered by the API with 503 while a service behind it is away", async () => {
    const headers = { authorization: `Bearer ${gateway.admin.token}` };
    const response = await fetch(`${gateway.url}/api/v1/devices`, { headers });
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [503, "rpc.unavailable"]);
    assert.equal(response.headers.get("retry-after"), "1");
  });
});
