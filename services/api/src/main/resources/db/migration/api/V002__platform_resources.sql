-- Accounts: a password is optional, a token works without one.
alter table accounts
  add column name text,
  add column password_hash text,
  add column is_admin boolean not null default false,
  add column updated_at timestamptz not null default now(),
  add column last_login timestamptz;
create unique index accounts_by_lower_email on accounts (lower(email));

-- An authorization is the token's row; of the token itself only hash and ends are known.
alter table tokens
  add column scope text[] not null default '{global}',
  add column hint text not null default '',
  add column updated_at timestamptz not null default now(),
  add column token_id uuid not null default gen_random_uuid();
create index tokens_of_account on tokens (account_id);

create table logins (
  id uuid primary key default gen_random_uuid(),
  poll_hash bytea not null unique,
  description text not null,
  token_ciphertext bytea,
  failure text,
  created_at timestamptz not null default now()
);

create table keys (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  public_key text not null,
  comment text not null,
  fingerprint text not null unique,
  created_at timestamptz not null default now()
);

create table features (
  name text not null,
  account_id uuid references accounts on delete cascade,
  app_id uuid references apps on delete cascade,
  enabled boolean not null,
  updated_at timestamptz not null default now(),
  check ((account_id is null) <> (app_id is null))
);
create unique index features_of_account on features (account_id, name) where account_id is not null;
create unique index features_of_app on features (app_id, name) where app_id is not null;

alter table apps
  add column acm boolean not null default false,
  add column build_stack text not null default 'cedar',
  add column connect_ms int check (connect_ms between 1 and 600000),
  add column first_byte_ms int check (first_byte_ms between 1 and 600000),
  add column idle_ms int check (idle_ms between 1 and 3600000);

create table collaborators (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  created_at timestamptz not null default now(),
  unique (app_id, account_id)
);
create index collaborators_of_account on collaborators (account_id);

create table app_transfers (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  owner_id uuid not null references accounts on delete cascade,
  recipient_id uuid not null references accounts on delete cascade,
  state text not null default 'pending' check (state in ('pending', 'accepted', 'declined')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index app_transfers_pending on app_transfers (app_id) where state = 'pending';

create table sni_endpoints (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  name text not null unique,
  certificate_chain text not null,
  key_ciphertext bytea not null,
  certificate jsonb not null,
  is_acm boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sni_endpoints_of_app on sni_endpoints (app_id);

create table domains (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  hostname text not null unique check (hostname = lower(hostname)),
  sni_endpoint_id uuid references sni_endpoints on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index domains_of_app on domains (app_id);

create table log_drains (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  url text not null,
  token text not null unique,
  created_at timestamptz not null default now(),
  unique (app_id, url)
);

create table buildpacks (
  app_id uuid not null references apps on delete cascade,
  ordinal int not null,
  url text not null,
  primary key (app_id, ordinal)
);

-- Builds that were asked for by source URL; those of pushes are the compiler's alone.
create table build_requests (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  account_id uuid references accounts on delete set null,
  source_url text not null,
  version text,
  version_description text,
  checksum text,
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index build_requests_of_app on build_requests (app_id);
create index build_requests_waiting on build_requests (created_at) where status = 'pending';

alter table slugs
  alter column id set default gen_random_uuid(),
  add column app_json jsonb;
create index slugs_by_content on slugs (sha256);

-- Clear, because routers need them and they are shown to everybody.
alter table configs
  add column error_page_url text,
  add column maintenance_page_url text;

alter table releases
  add column updated_at timestamptz not null default now(),
  add column phase_id uuid,
  add column output text;
create index releases_pending on releases (app_id) where status = 'pending';
create unique index releases_one_pending on releases (app_id) where status = 'pending';

create table one_offs (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  name text not null,
  release_id uuid not null references releases on delete cascade,
  command text not null,
  size text not null,
  attach boolean not null,
  no_tty boolean not null default false,
  secret_hash bytea,
  env_ciphertext bytea not null,
  inside_dyno_id uuid,
  created_at timestamptz not null default now(),
  stop_at timestamptz,
  stop_requested_at timestamptz,
  ended_at timestamptz,
  exit_status int,
  cause text,
  unique (app_id, name)
);
create index one_offs_running on one_offs (app_id) where ended_at is null;

-- The last number given to a one-off dyno of each kind: run.7.
create table one_off_numbers (
  app_id uuid not null references apps on delete cascade,
  kind text not null,
  last int not null,
  primary key (app_id, kind)
);

create table pipelines (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  owner_id uuid not null references accounts,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table pipeline_couplings (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  app_id uuid not null unique references apps on delete cascade,
  stage text not null check (stage in ('test', 'review', 'development', 'staging', 'production')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table pipeline_promotions (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  source_app_id uuid not null references apps on delete cascade,
  source_release_id uuid not null,
  account_id uuid references accounts on delete set null,
  created_at timestamptz not null default now()
);

create table promotion_targets (
  id uuid primary key default gen_random_uuid(),
  promotion_id uuid not null references pipeline_promotions on delete cascade,
  app_id uuid not null references apps on delete cascade,
  release_id uuid references releases on delete set null,
  failure text
);

create table webhooks (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  include text[] not null,
  level text not null check (level in ('notify', 'sync')),
  url text not null,
  secret_ciphertext bytea not null,
  authorization_ciphertext bytea,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index webhooks_of_app on webhooks (app_id);

create table webhook_events (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  include text not null,
  payload jsonb not null,
  created_at timestamptz not null default now()
);
create index webhook_events_of_app on webhook_events (app_id, created_at);

create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references webhook_events on delete cascade,
  webhook_id uuid not null references webhooks on delete cascade,
  status text not null default 'pending'
    check (status in ('pending', 'scheduled', 'retrying', 'failed', 'succeeded')),
  attempts int not null default 0,
  next_attempt_at timestamptz default now(),
  attempted_at timestamptz,
  attempt_id uuid,
  code int,
  error_class text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where next_attempt_at is not null;
create index webhook_deliveries_of_event on webhook_deliveries (event_id);

create table audit_events (
  id uuid primary key default gen_random_uuid(),
  app_id uuid,
  account_id uuid,
  email text not null,
  action text not null,
  target text not null,
  fields text[] not null,
  request_id text not null,
  created_at timestamptz not null default now()
);
create index audit_events_of_app on audit_events (app_id, created_at);

create function memory_mb(size text) returns int language sql immutable as $$
  select case lower(size) when 'standard-2x' then 1024 when 'performance-m' then 2560
              when 'performance-l' then 14336 else 512 end
$$;

-- Tokens that may write, as pushing is writing.
create or replace view v_tokens as
  select t.token_hash, t.account_id, a.email
  from tokens t join accounts a on a.id = t.account_id
  where (t.expires_at is null or t.expires_at > now()) and t.scope && '{global,write,write-protected}'::text[];

create or replace view v_app_access as
  select id as app_id, owner_id as account_id from apps
  union
  select app_id, account_id from collaborators;

-- What runs is the newest release that succeeded; one in its release phase waits, a failed one never counts.
create or replace view v_releases as
  select r.id, r.app_id, r.version, r.build_id, r.status,
         r.version is not distinct from
           (select max(l.version) from releases l where l.app_id = r.app_id and l.status = 'succeeded') as is_current
  from releases r;

create or replace view v_config_vars as
  select r.app_id, c.ciphertext
  from releases r join configs c on c.id = r.config_id
  where r.version = (select max(l.version) from releases l
                     where l.app_id = r.app_id and l.status in ('succeeded', 'pending'));

create or replace view v_formation as
  select a.id as app_id, a.name as app_name, r.id as release_id, r.version, s.sha256 as slug_sha256, s.commit_sha, s.stack,
         t.key as type, t.value as command, coalesce(f.quantity, 0) as quantity,
         memory_mb(coalesce(f.size, 'standard-1X')) as memory_mb, p.boot_seconds
  from apps a
  join releases r on r.app_id = a.id and r.version =
    (select max(l.version) from releases l where l.app_id = a.id and l.status = 'succeeded')
  join slugs s on s.id = r.slug_id
  cross join lateral jsonb_each_text(s.process_types) t
  cross join platform p
  left join formation f on f.app_id = a.id and f.type = t.key
  where t.key <> 'release';

create or replace view v_hosts as
  select a.id as app_id, a.name || '.' || p.domain as host from apps a cross join platform p
  union all
  select d.app_id, d.hostname from domains d;

create view v_routing as
  select a.id as app_id, c.error_page_url, c.maintenance_page_url, a.connect_ms, a.first_byte_ms, a.idle_ms
  from apps a
  left join releases r on r.app_id = a.id and r.version =
    (select max(l.version) from releases l where l.app_id = a.id and l.status = 'succeeded')
  left join configs c on c.id = r.config_id;

create view v_drains as select id, app_id, url, token from log_drains;

create view v_keys as
  select k.account_id, a.email, k.fingerprint, k.public_key from keys k join accounts a on a.id = k.account_id;

create view v_buildpacks as select app_id, ordinal, url from buildpacks;

create view v_build_requests as
  select b.id, b.app_id, coalesce(a.email, '') as account_email, coalesce(b.version, '') as commit_sha, b.source_url,
         b.created_at, b.checksum
  from build_requests b left join accounts a on a.id = b.account_id
  where b.status = 'pending';

-- Slugs that a release of any app may need again: whoever keeps their bytes must not delete them.
create view v_slugs as select distinct sha256 from slugs;

create view v_one_offs as
  select o.id, o.app_id, a.name as app_name, o.name, o.release_id, r.version as release_version,
         s.sha256 as slug_sha256, s.commit_sha, s.stack, o.command, memory_mb(o.size) as memory_mb, o.attach, o.no_tty,
         o.secret_hash, o.created_at, o.stop_requested_at, o.inside_dyno_id
  from one_offs o
  join apps a on a.id = o.app_id
  join releases r on r.id = o.release_id
  join slugs s on s.id = r.slug_id
  where o.ended_at is null;

create view v_features as select app_id, name from features where app_id is not null and enabled;
