namespace Resonance.Engine.Storage.Sqlite;

/// <summary>Times as SQLite keeps them: whole microseconds since 1970-01-01 UTC.</summary>
static class SqliteTime
{
    public static long Microseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
