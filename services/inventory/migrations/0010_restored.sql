-- As outlive_cluster of the backbone: what changed before a dump was restored into another cluster, no replica remembers.
create function outlive_cluster_too() returns boolean
language plpgsql as $$
begin
  delete from work_changes where xid >= pg_snapshot_xmax(pg_current_snapshot());
  return found;
end
$$;
