using Npgsql;

namespace Resonance.Engine.Storage.Postgres;

// The group commit: one statement for all steps, and what happens when one of them cannot be stored.
sealed partial class PostgresStore
{
    const int StepsMost = 1000;

    public async Task<GroupResult> CommitAsync(StepGroup group, TimeSpan lease, CancellationToken cancellationToken)
    {
        var steps = group.Steps;
        if (steps.Count is 0 or > StepsMost)
            throw new ArgumentException($"A group has 1 to {StepsMost} steps, not {steps.Count}.", nameof(steps));

        var (together, apart) = Arrange(steps);
        var results = new Dictionary<Guid, StepResult>(steps.Count);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        var notice = apart.Count == 0 ? group.Notice : null;
        var whole = await CommitGroupAsync(connection, together, notice, lease, results, cancellationToken).ConfigureAwait(false);
        foreach (var step in apart)
            await CommitGroupAsync(connection, [step], notice: null, lease, results, cancellationToken).ConfigureAwait(false);
        return new([.. steps.Select(step => results[step.Workflow.Id])], Noticed: whole && notice is not null);
    }

    /// <summary>
    /// Puts the steps in the order of their ids, so that groups which meet on the same rows lock them in the same order, and sets apart
    /// the second claim of a key: the first may be a duplicate that does not take it, so only its outcome decides.
    /// </summary>
    static (StepCommit[] Together, IReadOnlyList<StepCommit> Apart) Arrange(IReadOnlyList<StepCommit> steps)
    {
        var sorted = steps.ToArray();
        Array.Sort(sorted, (left, right) => left.Workflow.Id.CompareTo(right.Workflow.Id));
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index].Workflow.Id == sorted[index - 1].Workflow.Id)
                throw new ArgumentException($"Two steps of the group are of instance {sorted[index].Workflow.Id}.", nameof(steps));
        }

        var keys = new HashSet<(string Type, string Key)>();
        var apart = sorted.Where(step => step.ExpectedVersion == 0 && !keys.Add((step.Workflow.Type, step.Workflow.Key))).ToArray();
        return apart.Length == 0 ? (sorted, apart) : ([.. sorted.Except(apart)], apart);
    }

    /// <returns>Whether this call stored every step, and the notice with them.</returns>
    static async Task<bool> CommitGroupAsync(
        NpgsqlConnection connection, StepCommit[] steps, OutboxMessage? notice, TimeSpan lease, Dictionary<Guid, StepResult> results,
        CancellationToken cancellationToken)
    {
        HashSet<Guid> stored;
        try
        {
            stored = await ExecuteCommitAsync(connection, steps, notice, lease, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (PostgresErrors.IsRefusal(exception))
        {
            if (steps is [var step])
            {
                results[step.Workflow.Id] = PostgresErrors.IsKeyTaken(exception)
                    ? new(StepOutcome.KeyTaken)
                    : new(StepOutcome.Refused, exception);
                return false;
            }

            // The statement does not tell whose content it was, and the others must not suffer for it.
            foreach (var alone in steps)
                await CommitGroupAsync(connection, [alone], notice: null, lease, results, cancellationToken).ConfigureAwait(false);
            return false;
        }

        foreach (var id in stored)
            results[id] = new(StepOutcome.Committed);
        if (stored.Count == steps.Length)
            return true;

        var others = steps.Where(step => !stored.Contains(step.Workflow.Id)).ToArray();
        await ClassifyAsync(connection, others, results, cancellationToken).ConfigureAwait(false);
        return false;
    }

    static async Task<HashSet<Guid>> ExecuteCommitAsync(
        NpgsqlConnection connection, StepCommit[] steps, OutboxMessage? notice, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = CommitStatement.Create(connection, steps, notice, lease);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var stored = new HashSet<Guid>(steps.Length);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            stored.Add(reader.GetGuid(0));
        return stored;
    }

    /// <summary>
    /// Finds out why steps were not stored, with a second look that sees what committed while the first statement waited: among it may
    /// be the same steps, from a call whose answer was lost.
    /// </summary>
    static async Task ClassifyAsync(
        NpgsqlConnection connection, StepCommit[] steps, Dictionary<Guid, StepResult> results, CancellationToken cancellationToken)
    {
        await using var command = CommitStatement.CreateClassification(connection, steps);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            results[reader.GetGuid(0)] = new((StepOutcome)reader.GetInt32(1));
    }
}
