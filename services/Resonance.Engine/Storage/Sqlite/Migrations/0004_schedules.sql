-- When which workflow is started. Times are texts of ISO 8601 in UTC with six decimals, which sort as the times do.
CREATE TABLE schedule (
    name TEXT NOT NULL PRIMARY KEY,
    workflow TEXT NOT NULL,
    start TEXT NOT NULL,
    cron TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    jitter_ms INTEGER NOT NULL,
    overlap TEXT NOT NULL CHECK (overlap IN ('skip', 'queueOne', 'allow')),
    catch_up_ms INTEGER NOT NULL,
    revision TEXT NOT NULL,
    next_due_at TEXT,
    last_due_at TEXT,
    last_workflow_id TEXT,
    queued_due_at TEXT,
    paused_by TEXT,
    paused_reason TEXT,
    paused_at TEXT,
    CHECK ((paused_at IS NULL) = (paused_by IS NULL) AND (paused_at IS NULL) = (paused_reason IS NULL))
) STRICT, WITHOUT ROWID;

-- What became of each due time.
CREATE TABLE schedule_firing (
    schedule TEXT NOT NULL,
    due_at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('started', 'queued', 'skipped', 'missed', 'refused')),
    workflow_id TEXT,
    reason TEXT,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (schedule, due_at)
) STRICT, WITHOUT ROWID;

-- Who changed a schedule, and why. A schedule that was ever stored stands here, whatever became of it.
CREATE TABLE schedule_change (
    id TEXT NOT NULL PRIMARY KEY,
    schedule TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('put', 'deleted', 'paused', 'resumed', 'triggered')),
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    definition TEXT,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX schedule_change_schedule ON schedule_change (schedule, changed_at);

CREATE TRIGGER schedule_change_refuses_update BEFORE UPDATE ON schedule_change
BEGIN
    SELECT RAISE(ABORT, 'Changes of schedules are append-only: UPDATE is refused.');
END;

CREATE TRIGGER schedule_change_refuses_delete BEFORE DELETE ON schedule_change
BEGIN
    SELECT RAISE(ABORT, 'Changes of schedules are append-only: DELETE is refused.');
END;

-- INSERT OR REPLACE deletes the row in its way without firing the trigger above, so it is refused as an insert.
CREATE TRIGGER schedule_change_refuses_replace BEFORE INSERT ON schedule_change
WHEN EXISTS (SELECT 1 FROM schedule_change WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'Changes of schedules are append-only: REPLACE is refused.');
END;
