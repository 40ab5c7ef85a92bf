-- One row per push that is or was built; its id is the push's.
create table compiler.builds (
  id uuid primary key,
  app_id uuid not null,
  commit_sha text not null,
  account_email text not null,
  source_url text not null,
  status text not null default 'pending'
    check (status in ('pending', 'building', 'succeeded', 'failed', 'cancelled')),
  failure text,
  output_url text,
  output_sha256 text,
  slug_id uuid,
  lease_owner text,
  lease_until timestamptz,
  attempt int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index builds_waiting on compiler.builds (created_at) where status in ('pending', 'building');
create index builds_of_app on compiler.builds (app_id);
create index builds_by_output on compiler.builds (output_sha256);
-- Builds of one app share its cache and therefore take turns, whoever claims them.
create unique index builds_one_at_a_time on compiler.builds (app_id) where status = 'building';

create table compiler.slugs (
  id uuid primary key,
  app_id uuid not null,
  build_id uuid not null unique,
  sha256 text not null,
  bytes bigint not null,
  process_types jsonb not null,
  buildpack text not null,
  commit_sha text not null,
  stack text not null,
  created_at timestamptz not null default now()
);
create index slugs_of_app on compiler.slugs (app_id);
create index slugs_by_content on compiler.slugs (sha256);

create view compiler.v_builds as
  select id, app_id, commit_sha, account_email, status, failure, output_url, output_sha256, slug_id, created_at, updated_at
  from compiler.builds;

create view compiler.v_slugs as
  select id, app_id, build_id, sha256, bytes, process_types, buildpack, commit_sha, stack, created_at
  from compiler.slugs;
