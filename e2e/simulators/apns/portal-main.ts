import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { pushCertificate } from "./apns-certificates.ts";

const { request, topic } = parseArgs({ options: { request: { type: "string" }, topic: { type: "string" } } }).values;
if (request === undefined || topic === undefined) {
  process.stderr.write(
    "usage: node portal-main.ts --request pem --topic com.apple.mgmt.External.…\n" +
      "       (prints the push certificate that Apple's portal would give for the request)\n",
  );
  process.exit(2);
}
const { certificate } = await pushCertificate(topic, { signingRequest: await readFile(request, "utf8") });
process.stdout.write(certificate);
