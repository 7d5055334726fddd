using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>What an error of the driver means for the caller.</summary>
static class PostgresErrors
{
    const string IdleInTransactionTimeout = "25P03";

    /// <summary>Whether the same call may succeed later.</summary>
    public static bool IsTransient(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PostgresException answered:
                    return answered.IsTransient || IsTransientState(answered.SqlState);
                case NpgsqlException { IsTransient: true }:
                case TimeoutException:
                case SocketException:
                case IOException:
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether the content of a statement cannot be stored, now or later: it is not JSON, too long, not unique.</summary>
    public static bool IsRefusal(Exception exception) => exception switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("22", StringComparison.Ordinal)
            || state.StartsWith("23", StringComparison.Ordinal)
            || state.StartsWith("54", StringComparison.Ordinal),
        // Text with half a surrogate pair has no UTF-8 form: it is not even sent.
        EncoderFallbackException => true,
        _ => false,
    };

    public static bool IsKeyTaken(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "workflow_type_key" };

    static bool IsTransientState(string state) => state switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable => true,
        // A statement that ran out of time; one that the caller gave up surfaces as OperationCanceledException instead.
        PostgresErrorCodes.QueryCanceled => true,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => true,
        PostgresErrorCodes.IdleSessionTimeout or IdleInTransactionTimeout => true,
        // Still connected to a server that has become a standby.
        PostgresErrorCodes.ReadOnlySqlTransaction => true,
        _ => state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal),
    };
}
