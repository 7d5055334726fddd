-- Instances whose journal, up to a sequence, was moved to an archive file. The ledger keeps their rows, so that its tree stays whole.
CREATE TABLE archived (
    workflow_id TEXT NOT NULL,
    through_sequence INTEGER NOT NULL,
    -- Hash of the last row that was moved: the next one names it as the hash before it.
    head_hash BLOB NOT NULL CHECK (length(head_hash) = 32),
    -- Name of the file in the archive's folder.
    file TEXT NOT NULL,
    archived_at INTEGER NOT NULL,
    PRIMARY KEY (workflow_id, through_sequence)
) STRICT;
