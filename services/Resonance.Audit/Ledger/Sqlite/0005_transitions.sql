-- How long the instance had been in the state that a step took it out of; null when it stayed, or that is not known.
ALTER TABLE step ADD COLUMN stayed_ms INTEGER;

-- What became of instances in a state: how often which event took them where in one minute. Part of the figures: see projection.
CREATE TABLE transition_figure (
    generation INTEGER NOT NULL,
    type TEXT NOT NULL,
    minute INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    event TEXT NOT NULL,
    to_state TEXT NOT NULL,
    steps INTEGER NOT NULL,
    -- Attempts that had failed, and those of them that are made again.
    failed INTEGER NOT NULL,
    retried INTEGER NOT NULL,
    -- A histogram of how long instances had been in the state that they left; null when none left it.
    stays BLOB,
    PRIMARY KEY (generation, type, minute, from_state, event, to_state)
) STRICT, WITHOUT ROWID;
