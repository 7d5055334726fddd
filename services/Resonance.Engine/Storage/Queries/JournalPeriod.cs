using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Reads what happened in a period out of the journal, a row at a time: a year of it needs no more memory than a minute.</summary>
sealed class JournalPeriod(IDbContextFactory<ReadContext> contexts)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Asks the store for the rows of a period, in no order.</summary>
    /// <param name="question">Each store's statement; the period is <c>@from</c> and <c>@to</c>.</param>
    /// <param name="from">First moment of the period.</param>
    /// <param name="to">The moment after its last.</param>
    /// <param name="parameters">The statement's other parameters.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<TRow> ReadAsync<TRow>(
        PeriodQuestion question, DateTimeOffset from, DateTimeOffset to, (string Name, object Value)[] parameters, Func<PeriodRow, TRow> read,
        CancellationToken cancellationToken) =>
        ReadAsync(question, [.. parameters, ("@from", from), ("@to", to)], read, cancellationToken);

    /// <summary>Asks the store a question of any kind; times among the parameters are put into its own form.</summary>
    public async IAsyncEnumerable<TRow> ReadAsync<TRow>(
        PeriodQuestion question, (string Name, object Value)[] parameters, Func<PeriodRow, TRow> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var postgres = context.Database.IsNpgsql();
        await context.Database.OpenConnectionAsync(cancellationToken);

        // A year takes longer than a page of a list; the pool takes the setting back.
        if (postgres)
            await context.Database.ExecuteSqlRawAsync("SET statement_timeout = '5min'", cancellationToken);

        // By the driver alone: hundreds of thousands of rows, of which most are looked at once.
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = postgres ? question.Postgres : question.Sqlite;
        command.CommandTimeout = (int)Patience.TotalSeconds;
        foreach (var (name, value) in parameters)
            Add(command, name, value is DateTimeOffset time ? postgres ? time.ToUniversalTime() : Microseconds(time) : value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var row = new PeriodRow(reader, postgres);
        while (await reader.ReadAsync(cancellationToken))
            yield return read(row);
    }

    static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}

/// <summary>One question in the words of each store.</summary>
sealed record PeriodQuestion(string Postgres, string Sqlite);

/// <summary>A row of the answer. Times are microseconds since 1970 in both stores: Postgres is asked for them in this form.</summary>
sealed class PeriodRow(DbDataReader reader, bool postgres)
{
    public Guid Id(int column) => postgres ? reader.GetGuid(column) : Guid.ParseExact(reader.GetString(column), "D");

    public DateTimeOffset Time(int column) =>
        DateTimeOffset.UnixEpoch.AddTicks(reader.GetInt64(column) * TimeSpan.TicksPerMicrosecond);

    public long Number(int column) => reader.GetInt64(column);

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public bool IsNull(int column) => reader.IsDBNull(column);
}
