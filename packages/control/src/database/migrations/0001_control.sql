-- Control state of Belay (docs/contracts.md §2.9). PostgreSQL >= 15 and PGlite run the same text. Times: integer microseconds since the epoch.

create table tenants (
  tenant text primary key,
  breaker_opened_us bigint not null default 0,
  audit_seq bigint not null default 0,
  audit_head text not null default ''
);

create table agents (
  tenant text not null,
  agent_id text not null,
  name text,
  version text,
  environment text,
  is_canary boolean not null default false,
  epoch bigint not null default 0,
  revision bigint not null default 0,
  obedience text not null default 'obeying' check (obedience in ('obeying', 'unconfirmed')),
  first_seen_us bigint not null,
  last_seen_us bigint not null,
  primary key (tenant, agent_id)
);

create table runs (
  tenant text not null,
  agent_id text not null,
  run_id text not null,
  state text not null check (state in ('running', 'pausing', 'paused', 'waiting', 'killing', 'killed', 'lost', 'ended')),
  version text,
  epoch_seen bigint not null default 0,
  last_seq bigint not null default 0,
  in_flight integer not null default 0,
  sessions jsonb not null default '[]',
  longest_timeout_ms bigint not null default 0,
  unprotected_since_us bigint,
  dropped_spans bigint not null default 0,
  started_us bigint not null,
  last_heartbeat_us bigint not null,
  ended_us bigint,
  reported_us bigint not null default 0,
  primary key (tenant, agent_id, run_id),
  foreign key (tenant, agent_id) references agents
);
create index runs_live on runs (last_heartbeat_us) where state not in ('lost', 'ended');

create table holds (
  id text primary key,
  tenant text not null,
  agent_id text not null,
  action text not null check (action in ('pause', 'kill')),
  scope text not null check (scope in ('session', 'run', 'agent')),
  scope_id text not null,
  reason text not null,
  cause_kind text not null check (cause_kind in ('anomaly', 'operator', 'webhook', 'budget', 'window')),
  cause_ref text not null,
  cause_key text,
  link text,
  placed_us bigint not null,
  placed_by text not null,
  released_us bigint,
  released_by text,
  release_reason text,
  foreign key (tenant, agent_id) references agents,
  check (cause_kind = 'operator' or cause_key is not null),
  check ((released_us is null) = (released_by is null))
);
-- One open automatic hold per agent scope and cause, whoever races.
create unique index holds_one_open_per_cause on holds (tenant, agent_id, scope, scope_id, action, cause_kind, cause_key)
  where released_us is null and cause_key is not null;
create index holds_open on holds (tenant, agent_id) where released_us is null;
create index holds_open_by_cause on holds (tenant, cause_key) where released_us is null and cause_key is not null;
create index holds_recent on holds (tenant, placed_us);

create table commands (
  id text primary key,
  tenant text not null,
  agent_id text not null,
  epoch bigint not null,
  change text not null check (change in ('placed', 'released')),
  hold_id text not null references holds,
  actor text not null,
  issued_us bigint not null,
  foreign key (tenant, agent_id) references agents,
  unique (tenant, agent_id, epoch)
);
create index commands_recent on commands (tenant, issued_us);

create table command_acks (
  command_id text not null references commands,
  run_id text not null,
  tenant text not null,
  agent_id text not null,
  epoch bigint not null,
  applied_due_us bigint not null,
  confirmed_due_us bigint not null,
  received_us bigint,
  applied_us bigint,
  confirmed_us bigint,
  refused text,
  last_started_seq bigint,
  in_flight integer,
  detail text,
  reported_applied boolean not null default false,
  reported_confirmed boolean not null default false,
  settled boolean not null default false,
  primary key (command_id, run_id)
);
create index command_acks_open on command_acks (tenant, agent_id, run_id) where not settled;
create index command_acks_due on command_acks (applied_due_us) where not settled;

create table detector_modes (
  tenant text not null,
  detector text not null,
  agent_id text not null default '',
  mode text not null check (mode in ('shadow', 'warn', 'enforce')),
  changed_us bigint not null,
  changed_by text not null,
  primary key (tenant, detector, agent_id)
);

create table anomalies (
  tenant text not null,
  id text not null,
  agent_id text not null,
  body jsonb not null,
  disposition text not null,
  hold_id text,
  received_us bigint not null,
  primary key (tenant, id)
);
create index anomalies_recent on anomalies (tenant, received_us desc);

-- What a webhook has already told us: signatures (replays) and alert episodes (repeats).
create table webhook_events (
  tenant text not null,
  source text not null,
  key text not null,
  received_us bigint not null,
  primary key (tenant, source, key)
);
create index webhook_events_age on webhook_events (received_us);

create table idempotency_keys (
  tenant text not null,
  principal text not null,
  call text not null,
  key text not null,
  request_digest text not null,
  status integer,
  body jsonb,
  created_us bigint not null,
  primary key (tenant, principal, call, key)
);
create index idempotency_keys_age on idempotency_keys (created_us);

create table revoked_tokens (
  tenant text not null,
  jti text not null,
  revoked_us bigint not null,
  revoked_by text not null,
  primary key (tenant, jti)
);

create table outbox (
  id bigint generated always as identity primary key,
  tenant text not null,
  topic text not null,
  key text not null,
  value text not null,
  every_partition boolean not null default false,
  timestamp_us bigint not null,
  published_us bigint
);
create index outbox_waiting on outbox (id) where published_us is null;
create index outbox_published on outbox (published_us) where published_us is not null;

create table audit (
  tenant text not null,
  seq bigint not null,
  at_us bigint not null,
  actor text not null,
  action text not null,
  agent_id text,
  details text not null,
  prev_hash text not null,
  hash text not null,
  primary key (tenant, seq)
);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_no_change before update or delete on audit for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit for each statement execute function audit_is_append_only();
