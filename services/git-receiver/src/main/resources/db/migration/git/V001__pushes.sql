-- Each push of a branch that builds. A live push (queued, pending) is kept alive by its receiver's heartbeat in seen_at;
-- pushes of one app take their turn in the order of their tickets.
create table git.pushes (
    id         uuid primary key,
    ticket     bigint generated always as identity,
    app_id     uuid not null,
    account_id uuid not null,
    email      text not null,
    ref        text not null,
    old_sha    text not null,
    new_sha    text not null,
    node       text not null,
    quarantine text not null,
    source_url text not null,
    status     text not null check (status in ('queued', 'pending', 'built', 'rejected', 'abandoned')),
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    ended_at   timestamptz
);

create index pushes_live on git.pushes (app_id, ticket) where status in ('queued', 'pending');

create view git.v_pushes as
select id, app_id, email as account_email, new_sha as commit_sha, source_url, created_at
from git.pushes
where status = 'pending' and seen_at > now() - interval '1 minute';
