-- The ledger: every step of every instance once, in the order in which it was witnessed. A row's place is its leaf in the Merkle tree.
-- Times are microseconds since 1970-01-01 UTC.
CREATE TABLE step (
    leaf_index bigint NOT NULL,
    workflow_id uuid NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    event text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    -- Separated by commas.
    kinds text NOT NULL,
    outcome text,
    duration_ms bigint,
    occurred_at bigint NOT NULL,
    trace_id text,
    witnessed_at bigint NOT NULL,
    -- message: an engine told of it; journal: it was filled in from there.
    source text NOT NULL,
    CONSTRAINT step_pkey PRIMARY KEY (leaf_index),
    CONSTRAINT step_workflow UNIQUE (workflow_id, sequence),
    CONSTRAINT step_hash CHECK (octet_length(hash) = 32),
    CONSTRAINT step_source CHECK (source IN ('message', 'journal'))
);

-- Rows come roughly in the order of time, so a summary of each stretch of pages finds a period.
CREATE INDEX step_occurred_at ON step USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on);

-- The roots of complete subtrees of 256, 65,536, ... leaves (level 1, 2, ...): what a proof needs beside the leaves near it.
CREATE TABLE subtree (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT subtree_pkey PRIMARY KEY (level, index),
    CONSTRAINT subtree_hash CHECK (octet_length(hash) = 32)
);

-- One row. Whoever appends locks it: there is one sequencer at a time, however many processes.
CREATE TABLE ledger (
    id smallint NOT NULL,
    size bigint NOT NULL,
    -- The roots of the complete subtrees that the tree consists of, the largest first, 32 bytes each.
    frontier bytea NOT NULL,
    -- Up to here every minute of the journal was counted against the ledger and found whole.
    settled_to bigint,
    CONSTRAINT ledger_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_one CHECK (id = 1),
    CONSTRAINT ledger_size CHECK (size >= 0)
);

INSERT INTO ledger (id, size, frontier) VALUES (1, 0, '');

-- What does not agree. A finding is never taken back.
CREATE TABLE finding (
    id uuid NOT NULL,
    kind text NOT NULL,
    workflow_id uuid,
    sequence bigint,
    detail text NOT NULL,
    found_at bigint NOT NULL,
    CONSTRAINT finding_pkey PRIMARY KEY (id)
);

-- The same disagreement is found again and again; it stands once.
CREATE UNIQUE INDEX finding_once ON finding (kind, workflow_id, sequence, detail) NULLS NOT DISTINCT;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER subtree_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subtree FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finding FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE step ENABLE ALWAYS TRIGGER step_append_only;
ALTER TABLE subtree ENABLE ALWAYS TRIGGER subtree_append_only;
ALTER TABLE finding ENABLE ALWAYS TRIGGER finding_append_only;
