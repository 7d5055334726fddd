-- One row an instance. Rows are updated at every step: room on the page keeps the new version beside the old one.
CREATE TABLE workflow (
    id uuid NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    state text NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    definition_hash text NOT NULL,
    priority smallint NOT NULL,
    trace_id text,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    finished_at timestamptz,
    head_hash bytea NOT NULL,
    CONSTRAINT workflow_pkey PRIMARY KEY (id),
    CONSTRAINT workflow_type_key UNIQUE (type, key),
    CONSTRAINT workflow_version CHECK (version >= 0),
    CONSTRAINT workflow_priority CHECK (priority BETWEEN 0 AND 9),
    CONSTRAINT workflow_head_hash CHECK (octet_length(head_hash) = 32)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Lists are the newest first, of everything or by one of these; other conditions are few enough to filter.
CREATE INDEX workflow_started_at ON workflow (started_at, id);
CREATE INDEX workflow_type ON workflow (type, started_at, id);
CREATE INDEX workflow_status ON workflow (status, started_at, id);
CREATE INDEX workflow_state ON workflow (state, started_at, id);

-- One row a step. It is the inbox as well: a message that stands here was applied.
CREATE TABLE journal (
    workflow_id uuid NOT NULL,
    sequence bigint NOT NULL,
    message_id uuid NOT NULL,
    event text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    entries jsonb NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    trace_parent text,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT journal_pkey PRIMARY KEY (workflow_id, sequence),
    CONSTRAINT journal_message UNIQUE (workflow_id, message_id),
    CONSTRAINT journal_sequence CHECK (sequence >= 1),
    CONSTRAINT journal_hashes CHECK (octet_length(previous_hash) = 32 AND octet_length(hash) = 32)
);

CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal is append-only: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();

-- ALWAYS: it fires in replication roles too, which switch ordinary triggers off.
ALTER TABLE journal ENABLE ALWAYS TRIGGER journal_append_only;

-- Messages to send. A timer is one that leaves later. Rows live for milliseconds, so dead ones must go early.
CREATE TABLE outbox (
    message_id uuid NOT NULL,
    workflow_id uuid,
    token uuid,
    timer text,
    due_at timestamptz NOT NULL,
    available_at timestamptz,
    destination text NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    envelope text NOT NULL,
    trace_parent text,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    set_aside_at timestamptz,
    set_aside_reason text,
    created_at timestamptz NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (message_id),
    CONSTRAINT outbox_available_or_aside CHECK ((available_at IS NULL) = (set_aside_at IS NOT NULL))
) WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

CREATE INDEX outbox_available_at ON outbox (available_at) WHERE set_aside_at IS NULL;
CREATE INDEX outbox_set_aside_at ON outbox (set_aside_at) WHERE set_aside_at IS NOT NULL;
CREATE INDEX outbox_token ON outbox (token) WHERE token IS NOT NULL;
CREATE INDEX outbox_timer ON outbox (workflow_id) WHERE timer IS NOT NULL;

-- The next number for generated keys, by type.
CREATE TABLE key_number (
    type text NOT NULL,
    next bigint NOT NULL,
    CONSTRAINT key_number_pkey PRIMARY KEY (type)
) WITH (fillfactor = 10);
