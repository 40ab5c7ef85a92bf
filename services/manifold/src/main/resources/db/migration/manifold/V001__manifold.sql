create table leases (
  name text primary key,
  holder text not null,
  epoch bigint not null,
  expires_at timestamptz not null
);

create table nodes (
  id text primary key,
  zone text not null,
  capacity_mb int not null,
  seen_at timestamptz not null
);

create sequence host_uids start 300001 maxvalue 399999;

create table app_uids (
  app_id uuid primary key,
  host_uid int not null unique default nextval('manifold.host_uids')
);

-- Actual dynos. One row per process that was ever ordered and is not gone; the order it was started with stays with it.
create table dynos (
  id uuid primary key,
  app_id uuid not null,
  name text not null,
  release_version int not null,
  node_id text not null,
  memory_mb int not null,
  command text not null,
  state text not null default 'created',
  address text,
  port int not null default 0,
  since timestamptz not null default now(),
  created_at timestamptz not null default now(),
  exit_status int,
  cause text,
  was_up boolean not null default false,
  is_replaced boolean not null default false,
  retired_revision bigint,
  retired_at timestamptz
);
create index dynos_by_app on dynos (app_id);

create table crashes (
  app_id uuid not null,
  name text not null,
  release_version int not null,
  count int not null,
  last_at timestamptz not null,
  primary key (app_id, name)
);

create table rollouts (
  app_id uuid primary key,
  release_version int not null,
  state text not null,
  reason text
);

create table table_revision (only_row boolean primary key default true check (only_row), revision bigint not null);
insert into table_revision (revision) values (0);

create table routes (
  app_id uuid primary key,
  revision bigint not null,
  entry jsonb not null
);
create index routes_by_revision on routes (revision);

create view v_dynos as
  select id, app_id, name, split_part(name, '.', 1) as type, release_version, command, state,
         case when memory_mb >= 14336 then 'Performance-L' when memory_mb >= 2560 then 'Performance-M'
              when memory_mb >= 1024 then 'Standard-2X' else 'Standard-1X' end as size,
         since, created_at, exit_status
  from dynos where state <> 'down';

create view v_rollouts as select app_id, release_version, state, reason from rollouts;
