import { Duplex } from "node:stream";
import type {
  handleBidiStreamingCall,
  MethodDefinition,
  Server,
  ServerDuplexStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { readDescriptorSet } from "@muster/contracts/descriptors";

/** Both names under which tools ask (gRPC Server Reflection Protocol). */
const SERVICES = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];
const METHOD = "ServerReflectionInfo";

type Handler = (call: unknown) => void;

interface Registered {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly handler: Handler;
}

/**
 * Offers reflection, and loads what it needs only when somebody asks: the parsed descriptors are a sixth of an idle
 * service's memory, and hardly anybody ever does.
 */
export function offerReflection(server: Server): void {
  let loaded: Promise<ReadonlyMap<string, Registered>> | undefined;
  const raw = (bytes: Buffer): Buffer => bytes;
  for (const service of SERVICES) {
    const path = `/${service}/${METHOD}`;
    const definition: ServiceDefinition = {
      [METHOD]: {
        path,
        requestStream: true,
        responseStream: true,
        requestSerialize: raw,
        requestDeserialize: raw,
        responseSerialize: raw,
        responseDeserialize: raw,
      },
    };
    const answer: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      loaded ??= load();
      void loaded.then((services) => {
        const real = services.get(path);
        if (real === undefined) call.end();
        else real.handler(decoded(call, real.definition));
      });
    };
    server.addService(definition, { [METHOD]: answer });
  }
}

/** The stream as the library expects it: messages instead of bytes. */
function decoded(
  call: ServerDuplexStream<Buffer, Buffer>,
  { requestDeserialize, responseSerialize }: MethodDefinition<unknown, unknown>,
): Duplex {
  const messages = new Duplex({
    objectMode: true,
    read: () => undefined,
    write: (message, _encoding, done) => {
      call.write(responseSerialize(message), () => done());
    },
    final: (done) => {
      call.end();
      done();
    },
  });
  call.on("data", (bytes: Buffer) => messages.push(requestDeserialize(bytes)));
  call.on("end", () => messages.push(null));
  return messages;
}

async function load(): Promise<ReadonlyMap<string, Registered>> {
  const [{ ReflectionService }, { loadFileDescriptorSetFromBuffer }] = await Promise.all([
    import("@grpc/reflection"),
    import("@grpc/proto-loader"),
  ]);
  const services = new Map<string, Registered>();
  new ReflectionService(loadFileDescriptorSetFromBuffer(readDescriptorSet())).addToServer({
    addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
      for (const [name, method] of Object.entries<MethodDefinition<unknown, unknown>>(definition)) {
        const handler = (implementation[name] ??
          implementation[`${name.charAt(0).toLowerCase()}${name.slice(1)}`]) as Handler;
        services.set(method.path, { definition: method, handler });
      }
    },
  });
  return services;
}
