-- How long the instance had been in the state that a step took it out of; null when it stayed, or that is not known.
ALTER TABLE step ADD COLUMN stayed_ms bigint;

-- What became of instances in a state: how often which event took them where in one minute. Part of the figures: see projection.
CREATE TABLE transition_figure (
    generation bigint NOT NULL,
    type text NOT NULL,
    minute bigint NOT NULL,
    from_state text NOT NULL,
    event text NOT NULL,
    to_state text NOT NULL,
    steps bigint NOT NULL,
    -- Attempts that had failed, and those of them that are made again.
    failed bigint NOT NULL,
    retried bigint NOT NULL,
    -- A histogram of how long instances had been in the state that they left; null when none left it.
    stays bytea,
    CONSTRAINT transition_figure_pkey PRIMARY KEY (generation, type, minute, from_state, event, to_state)
);
