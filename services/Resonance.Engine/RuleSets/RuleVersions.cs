using System.Globalization;
using Resonance.Engine.Rules;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Engine.RuleSets;

/// <summary>The versions of all rules as they are stored: they are only ever added.</summary>
sealed class RuleVersions(IDatabase database, TimeProvider clock)
{
    const string Columns = "number, expression, description, fail_means, origin, author, reason, published_at";

    const string AppendSql =
        """
        INSERT INTO rule_version (workflow, name, number, expression, description, fail_means, origin, author, reason, published_at, hash)
        SELECT @workflow, @name, 1 + coalesce(max(number), 0), @expression, @description, @fail, @origin, @author, @reason, @now, @hash
        FROM rule_version WHERE workflow = @workflow AND name = @name HAVING coalesce(max(number), 0) = @before
        ON CONFLICT (workflow, name, number) DO NOTHING
        RETURNING number
        """;

    /// <summary>How many there are; it grows with every new one.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) => database.TransactAsync(
        async (connection, transaction, token) =>
        {
            var counts = await new WorkerTransaction(connection, transaction).QueryAsync(
                "SELECT count(*) FROM rule_version", [], row => row.GetInt64(0), token);
            return counts[0];
        },
        cancellationToken);

    /// <summary>The versions of a rule, the first one first.</summary>
    public Task<IReadOnlyList<RuleVersion>> OfAsync(WorkflowRule rule, CancellationToken cancellationToken) => database.TransactAsync(
        (connection, transaction, token) => new WorkerTransaction(connection, transaction).QueryAsync(
            $"SELECT {Columns} FROM rule_version WHERE workflow = @workflow AND name = @name ORDER BY number",
            [("@workflow", rule.Workflow), ("@name", rule.Rule.Name)],
            Read,
            token),
        cancellationToken);

    /// <summary>Adds a version after the one that is the last now.</summary>
    /// <param name="rule">Of which rule.</param>
    /// <param name="text">What it says.</param>
    /// <param name="origin">One of <see cref="RuleOrigin"/>.</param>
    /// <param name="author">Who made it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="before">The number of the last version, 0 when there is none.</param>
    /// <param name="cancellationToken">Stops waiting; whether it was added is then unknown.</param>
    /// <returns>Null when another one was added meanwhile.</returns>
    public Task<RuleVersion?> AppendAsync(
        WorkflowRule rule, RuleText text, string origin, string author, string reason, int before, CancellationToken cancellationToken)
    {
        // As it will be read again.
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return database.TransactAsync(
            async (connection, transaction, token) =>
            {
                var added = await new WorkerTransaction(connection, transaction).QueryAsync(
                    AppendSql,
                    [
                        ("@workflow", rule.Workflow), ("@name", rule.Rule.Name), ("@expression", text.Expression),
                        ("@description", text.Description), ("@fail", text.FailMeans), ("@origin", origin), ("@author", author),
                        ("@reason", reason), ("@now", Text(now)), ("@hash", text.Hash()), ("@before", before),
                    ],
                    row => row.GetInt32(0),
                    token);
                return added is [var number] ? new RuleVersion(number, text, origin, author, reason, now) : null;
            },
            cancellationToken);
    }

    static RuleVersion Read(System.Data.Common.DbDataReader row) => new(
        row.GetInt32(0), new RuleText(row.GetString(1), row.GetString(2), row.GetString(3)), row.GetString(4), row.GetString(5),
        row.GetString(6), Time(row.GetString(7)));

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
