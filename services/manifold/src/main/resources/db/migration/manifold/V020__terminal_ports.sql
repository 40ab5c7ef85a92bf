-- Where each node takes the terminals of its one-off dynos; its host is the one it says as a member.
create table terminal_ports (
  node_id text primary key,
  port int not null
);
