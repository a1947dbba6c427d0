-- The push topic that the profiles of a tenant name: that of its newest push certificate.
create table apple_push_topics (
  tenant text primary key,
  topic text not null,
  -- When its certificate was uploaded: what was uploaded last counts.
  uploaded_at timestamptz not null
);
call isolate_by_tenant('apple_push_topics');
