-- Numbers the runs of a reconciliation. Only the highest one may write: an older one whose answer nobody waits for any more stops.
CREATE TABLE reconciliation_run (
    reconciliation_id text NOT NULL PRIMARY KEY,
    run bigint NOT NULL
);

-- The statement as a run read it, while it runs. What stands there several times has one row.
CREATE TABLE statement_line (
    reconciliation_id text NOT NULL,
    run bigint NOT NULL,
    capture_id text NOT NULL,
    operation text NOT NULL,
    line_number bigint NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    in_period integer NOT NULL CHECK (in_period IN (0, 1)),
    copies bigint NOT NULL,
    -- What the further copies add up to.
    surplus bigint NOT NULL,
    PRIMARY KEY (reconciliation_id, run, capture_id, operation)
);

-- What a run found, while it runs.
CREATE TABLE reconciliation_finding (
    reconciliation_id text NOT NULL,
    run bigint NOT NULL,
    line_id text NOT NULL,
    kind text NOT NULL,
    operation text,
    capture_id text,
    reference text,
    our_amount bigint,
    our_currency text,
    their_amount bigint,
    their_currency text,
    difference bigint NOT NULL,
    line_number bigint,
    line_text text,
    problem text,
    PRIMARY KEY (reconciliation_id, run, line_id)
);

-- On what our books and the statement do not agree: as the last whole run found it, and what persons have settled.
CREATE TABLE reconciliation_line (
    reconciliation_id text NOT NULL,
    line_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'missing_at_provider', 'missing_in_books', 'amount_differs', 'currency_differs', 'duplicate', 'unreadable')),
    operation text,
    capture_id text,
    reference text,
    our_amount bigint,
    our_currency text,
    their_amount bigint,
    their_currency text,
    difference bigint NOT NULL CHECK (difference >= 0),
    line_number bigint,
    line_text text,
    problem text,
    status text NOT NULL CHECK (status IN ('open', 'resolved')),
    resolved_by text,
    resolved_because text,
    resolved_at text,
    PRIMARY KEY (reconciliation_id, line_id),
    CHECK ((status = 'resolved') = (resolved_by IS NOT NULL AND resolved_because IS NOT NULL AND resolved_at IS NOT NULL))
);

CREATE INDEX reconciliation_line_status ON reconciliation_line (reconciliation_id, status, line_id);
