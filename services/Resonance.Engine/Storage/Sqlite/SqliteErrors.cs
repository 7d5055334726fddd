using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>What an error of SQLite means for the caller.</summary>
static class SqliteErrors
{
    /// <summary>Whether the same call may succeed later: another process holds the file, the disk is full or fails.</summary>
    public static bool IsTransient(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SqliteException answered:
                    return answered.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_IOERR
                        or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL;
                case TimeoutException:
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether the content of a statement cannot be stored, now or later: it is not JSON, too long, not unique.</summary>
    public static bool IsRefusal(SqliteException exception) =>
        exception.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH;
}
