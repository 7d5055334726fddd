-- When which workflow is started. Times are texts of ISO 8601 in UTC with six decimals, which sort as the times do.
CREATE TABLE schedule (
    name text NOT NULL,
    workflow text NOT NULL,
    start text NOT NULL,
    cron text NOT NULL,
    time_zone text NOT NULL,
    jitter_ms bigint NOT NULL,
    overlap text NOT NULL,
    catch_up_ms bigint NOT NULL,
    revision text NOT NULL,
    next_due_at text,
    last_due_at text,
    last_workflow_id text,
    queued_due_at text,
    paused_by text,
    paused_reason text,
    paused_at text,
    CONSTRAINT schedule_pkey PRIMARY KEY (name),
    CONSTRAINT schedule_overlap CHECK (overlap IN ('skip', 'queueOne', 'allow')),
    CONSTRAINT schedule_paused CHECK ((paused_at IS NULL) = (paused_by IS NULL) AND (paused_at IS NULL) = (paused_reason IS NULL))
) WITH (fillfactor = 60);

-- What became of each due time.
CREATE TABLE schedule_firing (
    schedule text NOT NULL,
    due_at text NOT NULL,
    outcome text NOT NULL,
    workflow_id text,
    reason text,
    recorded_at text NOT NULL,
    CONSTRAINT schedule_firing_pkey PRIMARY KEY (schedule, due_at),
    CONSTRAINT schedule_firing_outcome CHECK (outcome IN ('started', 'queued', 'skipped', 'missed', 'refused'))
);

-- Who changed a schedule, and why. A schedule that was ever stored stands here, whatever became of it.
CREATE TABLE schedule_change (
    id text NOT NULL,
    schedule text NOT NULL,
    action text NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    definition text,
    changed_at text NOT NULL,
    CONSTRAINT schedule_change_pkey PRIMARY KEY (id),
    CONSTRAINT schedule_change_action CHECK (action IN ('put', 'deleted', 'paused', 'resumed', 'triggered'))
);

CREATE INDEX schedule_change_schedule ON schedule_change (schedule, changed_at);

CREATE FUNCTION refuse_schedule_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Changes of schedules are append-only: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER schedule_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON schedule_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_schedule_change();

-- ALWAYS: it fires in replication roles too, which switch ordinary triggers off.
ALTER TABLE schedule_change ENABLE ALWAYS TRIGGER schedule_change_append_only;
