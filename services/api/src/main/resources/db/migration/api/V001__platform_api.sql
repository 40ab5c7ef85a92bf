create table platform (
  only_row boolean primary key default true check (only_row),
  domain text not null,
  router_port int not null,
  boot_seconds int not null
);

create table accounts (
  id uuid primary key default gen_random_uuid(),
  email text not null unique,
  created_at timestamptz not null default now()
);

create table tokens (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  token_hash bytea not null unique,
  description text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);

create table apps (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (name ~ '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'),
  owner_id uuid not null references accounts,
  stack text not null default 'cedar',
  maintenance boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table slugs (
  id uuid primary key,
  app_id uuid not null references apps on delete cascade,
  sha256 text not null,
  bytes bigint not null,
  process_types jsonb not null,
  buildpack text not null,
  commit_sha text,
  stack text not null,
  created_at timestamptz not null default now()
);

-- Config vars are encrypted; each set of them is kept, because releases point at it.
create table configs (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  ciphertext bytea not null
);

create table releases (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  version int not null,
  description text not null,
  account_id uuid references accounts,
  slug_id uuid references slugs,
  config_id uuid not null references configs,
  build_id uuid unique,
  status text not null default 'succeeded',
  created_at timestamptz not null default now(),
  unique (app_id, version)
);

create table formation (
  app_id uuid not null references apps on delete cascade,
  type text not null,
  quantity int not null check (quantity between 0 and 100),
  size text not null default 'standard-1X',
  updated_at timestamptz not null default now(),
  primary key (app_id, type)
);

create view v_tokens as
  select t.token_hash, t.account_id, a.email
  from tokens t join accounts a on a.id = t.account_id
  where t.expires_at is null or t.expires_at > now();

create view v_apps as
  select a.id, a.name, a.stack, a.maintenance,
         'http://' || a.name || '.' || p.domain || case when p.router_port = 80 then '' else ':' || p.router_port end || '/' as web_url,
         o.email as owner_email
  from apps a join accounts o on o.id = a.owner_id cross join platform p;

create view v_app_access as select id as app_id, owner_id as account_id from apps;

create view v_releases as
  select r.id, r.app_id, r.version, r.build_id, r.status,
         r.version = max(r.version) over (partition by r.app_id) as is_current
  from releases r;

create view v_config_vars as
  select r.app_id, c.ciphertext
  from releases r join configs c on c.id = r.config_id
  where r.version = (select max(version) from releases l where l.app_id = r.app_id);

create view v_formation as
  select a.id as app_id, a.name as app_name, r.id as release_id, r.version, s.sha256 as slug_sha256, s.commit_sha, s.stack,
         t.key as type, t.value as command, coalesce(f.quantity, 0) as quantity,
         case coalesce(f.size, '') when 'standard-2X' then 1024 when 'performance-m' then 2560
              when 'performance-l' then 14336 else 512 end as memory_mb,
         p.boot_seconds
  from apps a
  join releases r on r.app_id = a.id and r.version = (select max(version) from releases l where l.app_id = a.id)
  join slugs s on s.id = r.slug_id
  cross join lateral jsonb_each_text(s.process_types) t
  cross join platform p
  left join formation f on f.app_id = a.id and f.type = t.key;

create view v_hosts as
  select a.id as app_id, a.name || '.' || p.domain as host from apps a cross join platform p;
