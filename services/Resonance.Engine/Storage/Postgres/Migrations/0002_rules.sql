-- Every text that a rule ever had. The highest number decides.
CREATE TABLE rule_version (
    workflow text NOT NULL,
    name text NOT NULL,
    number integer NOT NULL,
    expression text NOT NULL,
    description text NOT NULL,
    fail_means text NOT NULL,
    origin text NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    published_at text NOT NULL,
    hash text NOT NULL,
    CONSTRAINT rule_version_pkey PRIMARY KEY (workflow, name, number),
    CONSTRAINT rule_version_number CHECK (number >= 1),
    CONSTRAINT rule_version_origin CHECK (origin IN ('code', 'file', 'published')),
    CONSTRAINT rule_version_hash CHECK (length(hash) = 64)
);

CREATE FUNCTION refuse_rule_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Versions of rules are append-only: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER rule_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rule_change();

-- Which candidates were tried on what happened, and what they would have changed.
CREATE TABLE rule_what_if (
    id text NOT NULL,
    workflow text NOT NULL,
    name text NOT NULL,
    expression text NOT NULL,
    period_from text NOT NULL,
    period_to text NOT NULL,
    evaluations bigint NOT NULL,
    pass_to_fail bigint NOT NULL,
    fail_to_pass bigint NOT NULL,
    undecided bigint NOT NULL,
    ran_at text NOT NULL,
    CONSTRAINT rule_what_if_pkey PRIMARY KEY (id)
);

CREATE INDEX rule_what_if_rule ON rule_what_if (workflow, name, ran_at);

-- A period is found by the blocks that were written in it: rows are only ever added, so that this costs next to nothing.
CREATE INDEX journal_occurred_at ON journal USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on);
