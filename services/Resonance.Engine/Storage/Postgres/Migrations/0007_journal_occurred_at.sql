-- Rows come nearly in the order of time, so a summary of each stretch of pages finds a period, and costs the commit nothing.
CREATE INDEX IF NOT EXISTS journal_occurred_at ON journal USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on);
