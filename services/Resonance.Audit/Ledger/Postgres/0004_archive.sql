-- Instances whose journal, up to a sequence, was moved to an archive file. The ledger keeps their rows, so that its tree stays whole.
CREATE TABLE archived (
    workflow_id uuid NOT NULL,
    through_sequence bigint NOT NULL,
    -- Hash of the last row that was moved: the next one names it as the hash before it.
    head_hash bytea NOT NULL CHECK (octet_length(head_hash) = 32),
    -- Name of the file in the archive's folder.
    file text NOT NULL,
    archived_at bigint NOT NULL,
    PRIMARY KEY (workflow_id, through_sequence)
);
