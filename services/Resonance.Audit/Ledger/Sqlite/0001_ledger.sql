-- The ledger: every step of every instance once, in the order in which it was witnessed. A row's place is its leaf in the Merkle tree.
-- Ids are lower-case text, times are microseconds since 1970-01-01 UTC.
CREATE TABLE step (
    leaf_index INTEGER NOT NULL PRIMARY KEY,
    workflow_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    -- Separated by commas.
    kinds TEXT NOT NULL,
    outcome TEXT,
    duration_ms INTEGER,
    occurred_at INTEGER NOT NULL,
    trace_id TEXT,
    witnessed_at INTEGER NOT NULL,
    -- message: an engine told of it; journal: it was filled in from there.
    source TEXT NOT NULL CHECK (source IN ('message', 'journal')),
    UNIQUE (workflow_id, sequence)
) STRICT;

CREATE INDEX step_occurred_at ON step (occurred_at);

-- The roots of complete subtrees of 256, 65,536, ... leaves (level 1, 2, ...): what a proof needs beside the leaves near it.
CREATE TABLE subtree (
    level INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, "index")
) STRICT;

-- One row. Whoever appends locks it: there is one sequencer at a time.
CREATE TABLE ledger (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    -- The roots of the complete subtrees that the tree consists of, the largest first, 32 bytes each.
    frontier BLOB NOT NULL,
    -- Up to here every minute of the journal was counted against the ledger and found whole.
    settled_to INTEGER
) STRICT;

INSERT INTO ledger (id, size, frontier) VALUES (1, 0, x'');

-- What does not agree. A finding is never taken back.
CREATE TABLE finding (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    workflow_id TEXT,
    sequence INTEGER,
    detail TEXT NOT NULL,
    found_at INTEGER NOT NULL
) STRICT;

-- The same disagreement is found again and again; it stands once.
CREATE UNIQUE INDEX finding_once ON finding (kind, coalesce(workflow_id, ''), coalesce(sequence, 0), detail);

CREATE TRIGGER step_refuses_update BEFORE UPDATE ON step
BEGIN
    SELECT RAISE(ABORT, 'The ledger is append-only: UPDATE on step is refused.');
END;

CREATE TRIGGER step_refuses_delete BEFORE DELETE ON step
BEGIN
    SELECT RAISE(ABORT, 'The ledger is append-only: DELETE on step is refused.');
END;

CREATE TRIGGER subtree_refuses_update BEFORE UPDATE ON subtree
BEGIN
    SELECT RAISE(ABORT, 'The ledger is append-only: UPDATE on subtree is refused.');
END;

CREATE TRIGGER subtree_refuses_delete BEFORE DELETE ON subtree
BEGIN
    SELECT RAISE(ABORT, 'The ledger is append-only: DELETE on subtree is refused.');
END;
