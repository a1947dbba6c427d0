import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { GrpcServer } from "./server.ts";

const log = createLogger("test", "silent");

describe("the gRPC server", () => {
  const lifecycle = new Lifecycle(log);
  let client: Client;

  before(async () => {
    const port = await new GrpcServer({ port: 0, serviceToken: "t", log, lifecycle }).open();
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  after(async () => {
    client.close();
    await lifecycle.stop();
  });

  for (const version of ["v1", "v1alpha"]) {
    it(`tells by reflection ${version} in which file a service is written`, async () => {
      const symbol = Buffer.from("muster.command.v1.CommandService");
      // ServerReflectionRequest: field 4, file_containing_symbol.
      const request = Buffer.concat([Buffer.from([0x22, symbol.length]), symbol]);
      const call = client.makeBidiStreamRequest(
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        new Metadata(),
      );
      call.end(request);
      const answers: Buffer[] = [];
      for await (const answer of call) answers.push(answer as Buffer);
      const answer = Buffer.concat(answers).toString("latin1");
      // The library puts a package together in one file, and names it after one of those that it was written in.
      assert.match(answer, /muster\/command\/v1\/\w+\.proto/);
      assert.ok(answer.includes("EnqueueCommands"));
    });
  }
});
