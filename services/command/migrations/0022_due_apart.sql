-- When nothing was open as Postgres last looked, every index of what is open seems empty to it, and reading the whole of one as cheap as
-- looking a device up in another. It read this one, for each device that came: all that anybody has open. Whoever does not ask for a
-- due time cannot be answered from it any more.
drop index commands_due;
create index commands_due on commands (due_at) where ended_at is null and due_at is not null;
