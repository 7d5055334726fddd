-- Queues of work. A queue that is not stored here behaves as one with the defaults below. Times and durations are microseconds.
CREATE TABLE work_queue (
    name TEXT NOT NULL PRIMARY KEY,
    credit INTEGER NOT NULL DEFAULT 60000000,
    visibility_timeout INTEGER NOT NULL DEFAULT 30000000,
    max_receive_count INTEGER,
    deduplication_window INTEGER NOT NULL DEFAULT 300000000,
    concurrency INTEGER,
    key_concurrency INTEGER,
    rate_limit INTEGER,
    rate_period INTEGER NOT NULL DEFAULT 1000000,
    revision INTEGER NOT NULL DEFAULT 1,
    paused_by TEXT,
    paused_reason TEXT,
    paused_at INTEGER,
    -- What is left of the rate limit, and when that was.
    tokens REAL,
    tokens_at INTEGER
) STRICT;

CREATE TABLE work_queue_change (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    action TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    settings TEXT NOT NULL,
    items INTEGER,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX work_queue_change_queue ON work_queue_change (queue, number);

-- An item's rank is when it was sent less the credit of its priority. What has no end has the largest time.
CREATE TABLE work_item (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    group_id TEXT,
    limit_key TEXT,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'behind', 'limited', 'delayed', 'in_flight', 'dead')),
    rank INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    receipt TEXT,
    body BLOB NOT NULL,
    attributes TEXT NOT NULL,
    dead_at INTEGER,
    dead_reason TEXT,
    UNIQUE (queue, id),
    CHECK ((receipt IS NULL) = (state <> 'in_flight')),
    CHECK ((dead_at IS NULL) = (state <> 'dead'))
) STRICT;

CREATE INDEX work_item_ready ON work_item (queue, rank, sequence) WHERE state = 'ready';
CREATE INDEX work_item_later ON work_item (queue, visible_at) WHERE state IN ('delayed', 'in_flight');
CREATE INDEX work_item_waiting ON work_item (queue, group_id, sequence) WHERE group_id IS NOT NULL AND state = 'behind';
-- One item of a group at a time, whoever asks.
CREATE UNIQUE INDEX work_item_head ON work_item (queue, group_id)
    WHERE group_id IS NOT NULL AND state IN ('ready', 'limited', 'delayed', 'in_flight');
CREATE INDEX work_item_limit ON work_item (queue, limit_key, state, rank, sequence)
    WHERE limit_key IS NOT NULL AND state IN ('limited', 'in_flight');
CREATE INDEX work_item_dead_at ON work_item (queue, sequence) WHERE state = 'dead';

CREATE TABLE work_deduplication (
    queue TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (queue, deduplication_id)
) STRICT;

CREATE INDEX work_deduplication_until ON work_deduplication (queue, until);

-- What was sent and received in the last minute, a row a transaction.
CREATE TABLE work_queue_event (
    queue TEXT NOT NULL,
    at INTEGER NOT NULL,
    enqueued INTEGER NOT NULL,
    dequeued INTEGER NOT NULL
) STRICT;

CREATE INDEX work_queue_event_at ON work_queue_event (queue, at);
