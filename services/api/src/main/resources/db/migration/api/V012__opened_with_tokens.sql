-- Which token opened it: what a token has opened ends with it.
alter table one_offs add column token_id uuid;

-- Who may see an app by which token, now; a rotated token has another id.
create view v_openings as
  select t.token_id, a.app_id
  from tokens t join v_app_access a on a.account_id = t.account_id
  where t.expires_at is null or t.expires_at > now();
