-- A push is unattended when its pusher or its receiver went away while a build of it may be under way. The build is
-- cancelled; if it was good before that, there will be a release, and the ref follows it.
alter table git.pushes drop constraint pushes_status_check;
alter table git.pushes add constraint pushes_status_check
    check (status in ('queued', 'pending', 'unattended', 'built', 'rejected', 'abandoned'));
alter table git.pushes add column left_at timestamptz;

drop index git.pushes_live;
create index pushes_live on git.pushes (app_id, ticket) where status in ('queued', 'pending', 'unattended');

-- When each app had its git requests of the last hour; never more than the limit.
create table git.request_times (
    app_id uuid primary key,
    times  timestamptz[] not null
);
