-- Every text that a rule ever had. The highest number decides.
CREATE TABLE rule_version (
    workflow TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    expression TEXT NOT NULL,
    description TEXT NOT NULL,
    fail_means TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('code', 'file', 'published')),
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    published_at TEXT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (workflow, name, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER rule_version_refuses_update BEFORE UPDATE ON rule_version
BEGIN
    SELECT RAISE(ABORT, 'Versions of rules are append-only: UPDATE is refused.');
END;

CREATE TRIGGER rule_version_refuses_delete BEFORE DELETE ON rule_version
BEGIN
    SELECT RAISE(ABORT, 'Versions of rules are append-only: DELETE is refused.');
END;

-- INSERT OR REPLACE deletes the row in its way without firing the trigger above, so it is refused as an insert.
CREATE TRIGGER rule_version_refuses_replace BEFORE INSERT ON rule_version
WHEN EXISTS (SELECT 1 FROM rule_version WHERE workflow = NEW.workflow AND name = NEW.name AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'Versions of rules are append-only: REPLACE is refused.');
END;

-- Which candidates were tried on what happened, and what they would have changed.
CREATE TABLE rule_what_if (
    id TEXT NOT NULL PRIMARY KEY,
    workflow TEXT NOT NULL,
    name TEXT NOT NULL,
    expression TEXT NOT NULL,
    period_from TEXT NOT NULL,
    period_to TEXT NOT NULL,
    evaluations INTEGER NOT NULL,
    pass_to_fail INTEGER NOT NULL,
    fail_to_pass INTEGER NOT NULL,
    undecided INTEGER NOT NULL,
    ran_at TEXT NOT NULL
) STRICT;

CREATE INDEX rule_what_if_rule ON rule_what_if (workflow, name, ran_at);

CREATE INDEX journal_occurred_at ON journal (occurred_at);
