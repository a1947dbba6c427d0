/**
 * Every name of an attribute and of a span, once. Those of the field are the semantic conventions' (1.45.0): HTTP, RPC and
 * databases are stable there, messaging is in development. A test compares them, and holds that they stand nowhere else.
 */
export const ATTRIBUTE = {
  serviceName: "service.name",
  serviceNamespace: "service.namespace",
  serverAddress: "server.address",
  errorType: "error.type",

  httpMethod: "http.request.method",
  httpRoute: "http.route",
  httpStatus: "http.response.status_code",
  httpResendCount: "http.request.resend_count",

  rpcSystem: "rpc.system.name",
  rpcMethod: "rpc.method",
  rpcStatus: "rpc.status_code",

  messagingSystem: "messaging.system.name",
  messagingOperation: "messaging.operation.name",
  messagingOperationType: "messaging.operation.type",
  messagingDestination: "messaging.destination.name",
  messagingDestinationTemplate: "messaging.destination.template",
  messagingConsumerGroup: "messaging.consumer.group.name",
  messagingMessageId: "messaging.message.id",

  dbSystem: "db.system.name",
  dbNamespace: "db.namespace",
  dbOperation: "db.operation.name",
  dbQueryText: "db.query.text",
  dbStatus: "db.response.status_code",

  exceptionType: "exception.type",
  exceptionMessage: "exception.message",
  exceptionStacktrace: "exception.stacktrace",

  /** On a trace that is kept whatever the ratio, so that a Collector keeps it too. */
  kept: "muster.kept",
  deviceId: "muster.device.id",
  commandId: "muster.command.id",
  commandState: "muster.command.state",
  commandType: "muster.command.type",
} as const;

export type AttributeName = (typeof ATTRIBUTE)[keyof typeof ATTRIBUTE];
export type SpanAttributes = { readonly [Name in AttributeName]?: string | number | boolean };

/** Names of spans. Each has few: what varies is an attribute. */
export const SPAN = {
  /** A route as its door has it: POST /api/v1/commands. */
  http: (method: string, route: string) => (route === "" ? method : `${method} ${route}`),
  webhook: "POST webhook",
  /** muster.command.v1.CommandService/EnqueueCommands. */
  rpc: (method: string) => method,
  publish: (eventType: string) => `publish ${eventType}`,
  process: (eventType: string) => `process ${eventType}`,
  /** SELECT enrollment: what a statement does, and in whose schema. */
  statement: (operation: string, schema: string) => `${operation} ${schema}`,
  handOutCommand: "hand out command",
  handOutWithdrawal: "hand out withdrawal",
  takeResult: "take result",
  selfTest: "self-test",
} as const;
