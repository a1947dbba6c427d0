import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";

// This folder holds no migrations: the backbone's own are all that it needs.
await runService("enrollment", async (host) => void (await openBackbone(host, import.meta.dirname)));
