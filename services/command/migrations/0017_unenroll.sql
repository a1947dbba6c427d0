-- What the platform carries out by itself, in the order it was asked: commands that end the management of a device.
create index commands_unenroll on commands (seq) where type = 'unenroll' and ended_at is null;
