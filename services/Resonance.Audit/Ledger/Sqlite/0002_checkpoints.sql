-- What was signed about the ledger: the root that it had at a size. It is stored before it is shown to anybody, so there is one for a size.
CREATE TABLE checkpoint (
    size INTEGER NOT NULL PRIMARY KEY CHECK (size >= 1),
    root BLOB NOT NULL CHECK (length(root) = 32),
    -- The signed note as it was exported (C2SP tlog-checkpoint).
    note TEXT NOT NULL,
    -- Who signed it, as they named themselves: whoever checks a note brings the key along.
    verifier_key TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER checkpoint_refuses_update BEFORE UPDATE ON checkpoint
BEGIN
    SELECT RAISE(ABORT, 'The ledger is append-only: UPDATE on checkpoint is refused.');
END;

CREATE TRIGGER checkpoint_refuses_delete BEFORE DELETE ON checkpoint
BEGIN
    SELECT RAISE(ABORT, 'The ledger is append-only: DELETE on checkpoint is refused.');
END;
