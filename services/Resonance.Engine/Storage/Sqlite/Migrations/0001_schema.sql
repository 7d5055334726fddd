-- Ids are lower-case text, times are microseconds since 1970-01-01 UTC.
CREATE TABLE workflow (
    id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0),
    data TEXT NOT NULL CHECK (json_valid(data)),
    definition_hash TEXT NOT NULL,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    trace_id TEXT,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    finished_at INTEGER,
    head_hash BLOB NOT NULL CHECK (length(head_hash) = 32),
    UNIQUE (type, key)
) STRICT;

-- Lists are the newest first, of everything or by one of these; other conditions are few enough to filter.
CREATE INDEX workflow_started_at ON workflow (started_at, id);
CREATE INDEX workflow_type ON workflow (type, started_at, id);
CREATE INDEX workflow_status ON workflow (status, started_at, id);
CREATE INDEX workflow_state ON workflow (state, started_at, id);

-- One row a step. It is the inbox as well: a message that stands here was applied.
CREATE TABLE journal (
    workflow_id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    message_id TEXT NOT NULL,
    event TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    entries TEXT NOT NULL CHECK (json_valid(entries)),
    data TEXT NOT NULL CHECK (json_valid(data)),
    occurred_at INTEGER NOT NULL,
    trace_parent TEXT,
    previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (workflow_id, sequence),
    UNIQUE (workflow_id, message_id)
) STRICT;

CREATE TRIGGER journal_refuses_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'The journal is append-only: UPDATE is refused.');
END;

CREATE TRIGGER journal_refuses_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'The journal is append-only: DELETE is refused.');
END;

-- INSERT OR REPLACE deletes the row in its way without firing the trigger above, so it is refused as an insert.
CREATE TRIGGER journal_refuses_replace BEFORE INSERT ON journal
WHEN EXISTS (
    SELECT 1 FROM journal
    WHERE workflow_id = NEW.workflow_id AND (sequence = NEW.sequence OR message_id = NEW.message_id))
BEGIN
    SELECT RAISE(ABORT, 'The journal is append-only: REPLACE is refused.');
END;

-- Messages to send. A timer is one that leaves later.
CREATE TABLE outbox (
    message_id TEXT NOT NULL PRIMARY KEY,
    workflow_id TEXT,
    token TEXT,
    timer TEXT,
    due_at INTEGER NOT NULL,
    available_at INTEGER,
    destination TEXT NOT NULL,
    content_type TEXT NOT NULL,
    body BLOB NOT NULL,
    envelope TEXT NOT NULL,
    trace_parent TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    set_aside_at INTEGER,
    set_aside_reason TEXT,
    created_at INTEGER NOT NULL,
    CHECK ((available_at IS NULL) = (set_aside_at IS NOT NULL))
) STRICT;

CREATE INDEX outbox_available_at ON outbox (available_at) WHERE set_aside_at IS NULL;
CREATE INDEX outbox_set_aside_at ON outbox (set_aside_at) WHERE set_aside_at IS NOT NULL;
CREATE INDEX outbox_token ON outbox (token) WHERE token IS NOT NULL;
CREATE INDEX outbox_timer ON outbox (workflow_id) WHERE timer IS NOT NULL;

-- The next number for generated keys, by type.
CREATE TABLE key_number (
    type TEXT NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;
