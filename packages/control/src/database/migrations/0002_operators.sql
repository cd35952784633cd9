-- What operators say about detectors: feedback on anomalies, modes by label, recorded backtests.

-- Every word of an operator about an anomaly; the newest one counts. History: never changed.
create table anomaly_feedback (
  tenant text not null,
  id bigint generated always as identity,
  anomaly_id text not null,
  agent_id text not null,
  change text not null check (change in ('given', 'withdrawn')),
  verdict text not null check (verdict in ('true_positive', 'false_positive', 'expected')),
  note text,
  actor text not null,
  at_us bigint not null,
  primary key (tenant, anomaly_id, id)
);

-- A mode holds for one agent, or for those whose name and environment match the globs ('' = any).
alter table detector_modes add column agent_name text not null default '';
alter table detector_modes add column environment text not null default '';
alter table detector_modes drop constraint detector_modes_pkey;
alter table detector_modes add primary key (tenant, detector, agent_id, agent_name, environment);

-- What a configuration of the detectors would have done; raising a mode needs one.
create table backtests (
  tenant text not null,
  id text not null,
  config_digest text not null,
  detectors jsonb not null,
  source text not null,
  from_us bigint not null,
  until_us bigint not null,
  decisions bigint not null,
  would_pause bigint not null,
  would_notify bigint not null,
  agent_hours double precision not null,
  recorded_us bigint not null,
  recorded_by text not null,
  primary key (tenant, id)
);
create index backtests_by_config on backtests (tenant, config_digest, recorded_us desc);

create function history_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'history is append-only: % of % refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger anomaly_feedback_no_change before update or delete on anomaly_feedback for each row execute function history_is_append_only();
create trigger anomaly_feedback_no_truncate before truncate on anomaly_feedback for each statement execute function history_is_append_only();
create trigger backtests_no_change before update or delete on backtests for each row execute function history_is_append_only();
create trigger backtests_no_truncate before truncate on backtests for each statement execute function history_is_append_only();
