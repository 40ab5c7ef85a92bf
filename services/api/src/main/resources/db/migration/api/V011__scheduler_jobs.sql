-- The formation as any release of an app would have it: the one that serves may be older than the current one.
create view v_release_formation as
  select a.id as app_id, a.name as app_name, r.id as release_id, r.version, s.sha256 as slug_sha256, s.commit_sha, s.stack,
         t.key as type, t.value as command, coalesce(f.quantity, 0) as quantity,
         memory_mb(coalesce(f.size, 'standard-1X')) as memory_mb, p.boot_seconds
  from apps a
  join releases r on r.app_id = a.id
  join slugs s on s.id = r.slug_id
  cross join lateral jsonb_each_text(s.process_types) t
  cross join platform p
  left join formation f on f.app_id = a.id and f.type = t.key
  where t.key <> 'release';

create table jobs (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  command text not null,
  size text not null,
  schedule text not null,
  overlap text not null check (overlap in ('skip', 'allow')),
  catch_up text not null check (catch_up in ('once', 'skip')),
  enabled boolean not null,
  next_tick timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index jobs_of_app on jobs (app_id);
create index jobs_due on jobs (next_tick) where enabled;

-- One row per tick at most: whoever inserts it runs the job.
create table job_runs (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references jobs on delete cascade,
  tick timestamptz not null,
  status text not null check (status in ('running', 'succeeded', 'failed', 'skipped', 'missed')),
  one_off_id uuid,
  dyno text,
  exit_status int,
  reason text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (job_id, tick)
);
create index job_runs_running on job_runs (one_off_id) where status = 'running';
