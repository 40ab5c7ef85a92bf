-- One-off dynos under the ids of their wishes in api.v_one_offs. A row is made when the dyno is placed and ordered, once;
-- it stays after the end until the api has recorded it.
create table one_offs (
  id uuid primary key,
  app_id uuid not null,
  name text not null,
  release_version int not null,
  node_id text not null,
  memory_mb int not null,
  command text not null,
  secret_hash text,
  state text not null default 'created',
  since timestamptz not null default now(),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  exit_status int,
  cause text
);
create index one_offs_by_secret on one_offs (secret_hash);
create index one_offs_running on one_offs (node_id) where ended_at is null;

create view v_one_off_ends as select id, exit_status, cause, ended_at from one_offs where ended_at is not null;

create view v_one_off_dynos as
  select id, app_id, name, split_part(name, '.', 1) as type, release_version, command,
         case state when 'created' then 'starting' else state end as state,
         case when memory_mb >= 14336 then 'Performance-L' when memory_mb >= 2560 then 'Performance-M'
              when memory_mb >= 1024 then 'Standard-2X' else 'Standard-1X' end as size,
         since, created_at, exit_status
  from one_offs where ended_at is null;
