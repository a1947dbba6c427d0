import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";

const BUILD = join(import.meta.dirname, "../../../console/build.ts");
const AS_BROWSER = { accept: "text/html,application/xhtml+xml" };

describe("the console's files", () => {
  let gateway: GatewayProcess<unknown>;

  before(async () => {
    await promisify(execFile)(process.execPath, [BUILD]);
    // Nothing of the page itself needs a service; port 9 (discard) is nobody's.
    gateway = await startGatewayProcess("127.0.0.1:9");
  });

  after(() => gateway.stop());

  it("open at every address inside the console, without a script or style in the page", async () => {
    for (const path of ["/", "/devices", "/devices/0199a3f0?tab=facts", "/somewhere/else"]) {
      const response = await fetch(gateway.url + path, { headers: AS_BROWSER });
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("cache-control"), "no-cache");
      assert.match(
        response.headers.get("content-security-policy") ?? "",
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      const html = await response.text();
      assert.doesNotMatch(html, /<script(?![^>]* src=)|<style| style=| on\w+=/);
    }
  });

  it("are all there, packed, and kept by browsers for good where their name holds their hash", async () => {
    const html = await (await fetch(gateway.url, { headers: AS_BROWSER })).text();
    const asked = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");
    assert.ok(asked.length > 3, html);
    for (const path of asked) {
      const response = await fetch(gateway.url + path);
      assert.equal(response.status, 200, path);
      await response.arrayBuffer();
      if (path.startsWith("/assets/")) assert.match(response.headers.get("cache-control") ?? "", /immutable/);
      if (path.endsWith(".js")) assert.equal(response.headers.get("content-encoding"), "gzip");
    }
  });

  it("are no answer to a program, nor where a file or a method of the API is not", async () => {
    for (const [path, headers] of [
      ["/nowhere", {}],
      ["/assets/gone.js", {}],
      ["/api/v1/nowhere", AS_BROWSER],
    ] as const) {
      const response = await fetch(gateway.url + path, { headers });
      const { code } = (await response.json()) as { code: string };
      assert.deepEqual([response.status, code], [404, "http.unknown_path"], path);
    }
  });

  it("tell the console where devices come to", async () => {
    const settings = (await (await fetch(`${gateway.url}/console-settings.json`)).json()) as { deviceUrl: string };
    assert.match(settings.deviceUrl, /^https?:\/\//);
  });

  it("do not hide that a service behind the API is away", async () => {
    const headers = { authorization: `Bearer ${gateway.admin.token}` };
    const response = await fetch(`${gateway.url}/api/v1/devices`, { headers });
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [503, "rpc.unavailable"]);
    assert.equal(response.headers.get("retry-after"), "1");
  });
});
