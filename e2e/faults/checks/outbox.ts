/** All events that a service's outbox holds, as a source of rows in SQL. */
export const eventsOf = (publisher: string): string =>
  `${publisher}.outbox_events('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')`;
