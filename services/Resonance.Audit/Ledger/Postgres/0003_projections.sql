-- The figures, kept as steps are witnessed. They say nothing that the ledger and the journal do not say, and can be built anew from them.
-- While they are, the new ones grow as a generation of their own beside those that are read.
CREATE TABLE projection (
    id smallint NOT NULL,
    -- The generation that is kept and read.
    generation bigint NOT NULL,
    -- The last one that was begun.
    newest bigint NOT NULL,
    CONSTRAINT projection_pkey PRIMARY KEY (id),
    CONSTRAINT projection_one CHECK (id = 1)
);

INSERT INTO projection (id, generation, newest) VALUES (1, 1, 1);

-- What the steps of one minute did. The minute is its first microsecond since 1970-01-01 UTC.
CREATE TABLE minute_figure (
    generation bigint NOT NULL,
    type text NOT NULL,
    minute bigint NOT NULL,
    steps bigint NOT NULL,
    started bigint NOT NULL,
    completed bigint NOT NULL,
    failed bigint NOT NULL,
    cancelled bigint NOT NULL,
    retries bigint NOT NULL,
    compensations bigint NOT NULL,
    incidents bigint NOT NULL,
    rejected bigint NOT NULL,
    -- A histogram of how long those took that ended, so that percentiles of any period can be computed; null when none did.
    durations bytea,
    CONSTRAINT minute_figure_pkey PRIMARY KEY (generation, minute, type)
);

-- Instances by the state that they are in, those that ended too.
CREATE TABLE state_count (
    generation bigint NOT NULL,
    type text NOT NULL,
    state text NOT NULL,
    instances bigint NOT NULL,
    CONSTRAINT state_count_pkey PRIMARY KEY (generation, type, state)
) WITH (fillfactor = 20);

-- One entry an instance: finds it by its key, whatever became of the row that the engine keeps of it.
CREATE INDEX step_key ON step (key) WHERE sequence = 1;
