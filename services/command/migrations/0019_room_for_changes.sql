-- A command is written anew when it is handed out. Where its page has room for that, no index is written; devices that come one after
-- the other were often asked one after the other, so that all the commands of a page are handed out at once. What ended has the room of
-- what it was before. Pages that exist stay as they are.
alter table commands set (fillfactor = 50);
