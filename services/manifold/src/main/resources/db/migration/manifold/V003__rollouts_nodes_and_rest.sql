-- A process that starts anew is another leader, also under the same node's name.
alter table leases add column incarnation uuid;

-- While a release rolls out, two of them have a web.1.
alter table crashes drop constraint crashes_pkey;
alter table crashes add primary key (app_id, name, release_version);

alter table rollouts
  add column live_version int,
  add column previous_version int,
  add column live_at timestamptz;
update rollouts set live_version = release_version, live_at = now() where state = 'live';

-- Two leaders at once, one of them not knowing that it is none any more, never make two of one dyno.
create unique index dynos_one_of_a_name on dynos (app_id, name, release_version)
  where retired_at is null and not is_replaced and state in ('created', 'starting', 'up');

-- Restarts that were carried out, so that one asked for twice is carried out once.
create table restarts (
  request_id uuid primary key,
  asked_at timestamptz not null default now()
);

-- Dynos that no node has room for.
create table unplaced (
  app_id uuid not null,
  name text not null,
  release_version int not null,
  id uuid not null default gen_random_uuid(),
  memory_mb int not null,
  command text not null,
  since timestamptz not null default now(),
  primary key (app_id, name, release_version)
);

-- Apps whose only web dyno idles under this release.
create table idle_apps (
  app_id uuid primary key,
  id uuid not null default gen_random_uuid(),
  release_version int not null,
  memory_mb int not null,
  command text not null,
  since timestamptz not null default now()
);

-- When a router last had a request for the app, to some seconds.
create table app_activity (
  app_id uuid primary key,
  seen_at timestamptz not null
);

create table router_reports (
  router_id text primary key,
  revision bigint not null,
  draining uuid[] not null,
  seen_at timestamptz not null
);

create function size_of(memory_mb int) returns text language sql immutable as $$
  select case when memory_mb >= 14336 then 'Performance-L' when memory_mb >= 2560 then 'Performance-M'
              when memory_mb >= 1024 then 'Standard-2X' else 'Standard-1X' end
$$;

create or replace view v_dynos as
  select id, app_id, name, split_part(name, '.', 1) as type, release_version, command, state, size_of(memory_mb) as size,
         since, created_at, exit_status
  from dynos where state <> 'down'
  union all
  select id, app_id, name, split_part(name, '.', 1), release_version, command, 'down', size_of(memory_mb), since, since, null
  from unplaced
  union all
  select id, app_id, 'web.1', 'web', release_version, command, 'idle', size_of(memory_mb), since, since, null
  from idle_apps i
  where not exists (select 1 from dynos d where d.app_id = i.app_id and d.name = 'web.1' and d.state <> 'down'
                    and d.retired_at is null);

create or replace view v_rollouts as
  select app_id, release_version, state, reason, live_version, previous_version from rollouts;
