-- What a newer command takes the place of is found among the few that are open for its device. An index of its own was written for
-- each command of very many, and read for none of them.
drop index commands_superseded;
