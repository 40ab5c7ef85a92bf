-- A build of an archive that its requester named, instead of a push: fetched without our credentials, checked if a
-- checksum came with it.
alter table compiler.builds add column is_archive boolean not null default false;
alter table compiler.builds add column checksum text;

-- The source's app.json, when it has one that parses.
alter table compiler.slugs add column app_json jsonb;

create or replace view compiler.v_slugs as
  select id, app_id, build_id, sha256, bytes, process_types, buildpack, commit_sha, stack, created_at, app_json
  from compiler.slugs;
