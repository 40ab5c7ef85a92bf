-- A domain whose certificate the platform sees to. It stays while automation is on: due_at is then the renewal.
create table certificate_orders (
  domain_id uuid primary key references domains on delete cascade,
  due_at timestamptz not null default now(),
  claimed_until timestamptz,
  attempts int not null default 0,
  failure text
);
create index certificate_orders_due on certificate_orders (due_at);

create table acme_accounts (
  directory text primary key,
  key_ciphertext bytea not null
);

-- RFC 8555 section 8.3: what a router answers for the token.
create table acme_challenges (
  token text primary key,
  hostname text not null,
  answer text not null,
  created_at timestamptz not null default now()
);
