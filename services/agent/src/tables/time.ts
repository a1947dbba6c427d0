import { defineTable } from "./table.ts";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export const time = defineTable({
  name: "time",
  columns: {
    weekday: "TEXT",
    year: "INTEGER",
    month: "INTEGER",
    day: "INTEGER",
    hour: "INTEGER",
    minutes: "INTEGER",
    seconds: "INTEGER",
    timezone: "TEXT",
    local_timezone: "TEXT",
    unix_time: "INTEGER",
    timestamp: "TEXT",
    datetime: "TEXT",
    iso_8601: "TEXT",
  },
  *generate() {
    const now = new Date();
    const iso = `${now.toISOString().slice(0, 19)}Z`;
    yield {
      weekday: DAYS[now.getUTCDay()],
      year: now.getUTCFullYear(),
      month: now.getUTCMonth() + 1,
      day: now.getUTCDate(),
      hour: now.getUTCHours(),
      minutes: now.getUTCMinutes(),
      seconds: now.getUTCSeconds(),
      timezone: "UTC",
      local_timezone: /\(([^)]+)\)/.exec(now.toString())?.[1] ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      unix_time: Math.floor(now.getTime() / 1000),
      timestamp: now.toUTCString(),
      datetime: iso,
      iso_8601: iso,
    };
  },
});
