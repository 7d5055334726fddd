-- Queues of work. A queue that is not stored here behaves as one with the defaults below. Durations are microseconds.
CREATE TABLE work_queue (
    name text NOT NULL,
    credit bigint NOT NULL DEFAULT 60000000,
    visibility_timeout bigint NOT NULL DEFAULT 30000000,
    max_receive_count integer,
    deduplication_window bigint NOT NULL DEFAULT 300000000,
    concurrency integer,
    key_concurrency integer,
    rate_limit integer,
    rate_period bigint NOT NULL DEFAULT 1000000,
    revision bigint NOT NULL DEFAULT 1,
    paused_by text,
    paused_reason text,
    paused_at timestamptz,
    -- What is left of the rate limit, and when that was.
    tokens double precision,
    tokens_at timestamptz,
    CONSTRAINT work_queue_pkey PRIMARY KEY (name)
);

CREATE TABLE work_queue_change (
    queue text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    action text NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    settings text NOT NULL,
    items bigint,
    changed_at timestamptz NOT NULL,
    CONSTRAINT work_queue_change_pkey PRIMARY KEY (queue, number)
);

CREATE SEQUENCE work_item_sequence;

-- An item is new until a receive sees where it belongs: senders wait for nobody. Its rank is when it was sent less the credit of its priority.
CREATE TABLE work_item (
    queue text NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL DEFAULT nextval('work_item_sequence'),
    group_id text,
    limit_key text,
    priority smallint NOT NULL,
    state text NOT NULL,
    rank timestamptz NOT NULL,
    visible_at timestamptz NOT NULL,
    enqueued_at timestamptz NOT NULL,
    received integer NOT NULL DEFAULT 0,
    receipt uuid,
    body bytea NOT NULL,
    attributes text NOT NULL,
    dead_at timestamptz,
    dead_reason text,
    CONSTRAINT work_item_pkey PRIMARY KEY (queue, id),
    CONSTRAINT work_item_state CHECK (state IN ('new', 'ready', 'behind', 'limited', 'delayed', 'in_flight', 'dead')),
    CONSTRAINT work_item_receipt CHECK ((receipt IS NULL) = (state <> 'in_flight')),
    CONSTRAINT work_item_dead CHECK ((dead_at IS NULL) = (state <> 'dead'))
);

-- An item changes its state two or three times and its body never: out of the row, it is written once. Dead rows go soon.
ALTER TABLE work_item ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE work_item SET (toast_tuple_target = 128, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

ALTER SEQUENCE work_item_sequence OWNED BY work_item.sequence;

CREATE INDEX work_item_ready ON work_item (queue, rank, sequence) WHERE state = 'ready';
CREATE INDEX work_item_new ON work_item (queue, rank, sequence) WHERE state = 'new';
CREATE INDEX work_item_later ON work_item (queue, visible_at) WHERE state IN ('delayed', 'in_flight');
CREATE INDEX work_item_waiting ON work_item (queue, group_id, sequence) WHERE group_id IS NOT NULL AND state IN ('new', 'behind');
-- One item of a group at a time, whoever asks.
CREATE UNIQUE INDEX work_item_head ON work_item (queue, group_id)
    WHERE group_id IS NOT NULL AND state IN ('ready', 'limited', 'delayed', 'in_flight');
CREATE INDEX work_item_limit ON work_item (queue, limit_key, state, rank, sequence)
    WHERE limit_key IS NOT NULL AND state IN ('limited', 'in_flight');
CREATE INDEX work_item_dead_at ON work_item (queue, sequence) WHERE state = 'dead';

-- Groups and limit keys that an item has left: the next receive sees who comes after it.
CREATE TABLE work_freed (
    queue text NOT NULL,
    group_id text,
    limit_key text
);

CREATE INDEX work_freed_queue ON work_freed (queue);

CREATE TABLE work_deduplication (
    queue text NOT NULL,
    deduplication_id text NOT NULL,
    item_id uuid NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT work_deduplication_pkey PRIMARY KEY (queue, deduplication_id)
);

CREATE INDEX work_deduplication_until ON work_deduplication (queue, until);

-- What was sent and received in the last minute, a row a transaction.
CREATE TABLE work_queue_event (
    queue text NOT NULL,
    at timestamptz NOT NULL,
    enqueued integer NOT NULL,
    dequeued integer NOT NULL
);

CREATE INDEX work_queue_event_at ON work_queue_event (queue, at);
