-- The figures, kept as steps are witnessed. They say nothing that the ledger and the journal do not say, and can be built anew from them.
-- While they are, the new ones grow as a generation of their own beside those that are read.
CREATE TABLE projection (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- The generation that is kept and read.
    generation INTEGER NOT NULL,
    -- The last one that was begun.
    newest INTEGER NOT NULL
) STRICT;

INSERT INTO projection (id, generation, newest) VALUES (1, 1, 1);

-- What the steps of one minute did. The minute is its first microsecond since 1970-01-01 UTC.
CREATE TABLE minute_figure (
    generation INTEGER NOT NULL,
    type TEXT NOT NULL,
    minute INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    started INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    compensations INTEGER NOT NULL,
    incidents INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    -- A histogram of how long those took that ended, so that percentiles of any period can be computed; null when none did.
    durations BLOB,
    PRIMARY KEY (generation, minute, type)
) STRICT, WITHOUT ROWID;

-- Instances by the state that they are in, those that ended too.
CREATE TABLE state_count (
    generation INTEGER NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    instances INTEGER NOT NULL,
    PRIMARY KEY (generation, type, state)
) STRICT, WITHOUT ROWID;

-- One entry an instance: finds it by its key, whatever became of the row that the engine keeps of it.
CREATE INDEX step_key ON step (key) WHERE sequence = 1;
