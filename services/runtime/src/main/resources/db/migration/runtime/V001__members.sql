create table runtime.members (
  id text primary key,
  url text not null,
  services text[] not null,
  seen_at timestamptz not null
);
