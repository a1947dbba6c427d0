// oxlint-disable-next-line import/no-unassigned-import -- the library's dependency container needs it, and before it is loaded
import "reflect-metadata";

export * as x509 from "@peculiar/x509";
