using System.Text.Json;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;

namespace Resonance.Audit.Archive;

/// <summary>The first line of an archive: what it is and where it comes from.</summary>
/// <param name="Archive">Always <c>resonance-journal/1</c>.</param>
/// <param name="Origin">The log that its proofs are about.</param>
/// <param name="CreatedAt">When it was written, UTC.</param>
sealed record ArchiveHead(string Archive, string Origin, DateTimeOffset CreatedAt)
{
    public const string Format = "resonance-journal/1";
}

/// <summary>A line of an archive: one instance with its journal, each row with the proof that it was witnessed.</summary>
sealed record ArchivedInstance
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    public required string State { get; init; }

    public required string Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? TraceId { get; init; }

    /// <summary>By sequence, without gaps.</summary>
    public required IReadOnlyList<ArchivedStep> Journal { get; init; }

    public static ArchivedInstance Of(WorkflowRow row, IReadOnlyList<ArchivedStep> journal) => new()
    {
        Id = row.Id,
        Type = row.Type,
        Key = row.Key,
        State = row.State,
        Status = row.Status,
        StartedAt = row.StartedAt,
        FinishedAt = row.FinishedAt,
        TraceId = row.TraceId,
        Journal = journal,
    };
}

/// <summary>One journal row in an archive.</summary>
sealed record ArchivedStep
{
    public required long Sequence { get; init; }

    public required Guid MessageId { get; init; }

    public required string Event { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required JsonElement Entries { get; init; }

    public required JsonElement Data { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>64 hexadecimal digits; the leaf's data.</summary>
    public required string Hash { get; init; }

    /// <summary>That the hash is in the log, in the form of C2SP tlog-proof.</summary>
    public required string Proof { get; init; }

    public static ArchivedStep Of(JournalRow row, string proof)
    {
        using var entries = JsonDocument.Parse(row.Entries);
        using var data = JsonDocument.Parse(row.Data);
        return new ArchivedStep
        {
            Sequence = row.Sequence,
            MessageId = row.MessageId,
            Event = row.Event,
            From = row.From,
            To = row.To,
            Entries = entries.RootElement.Clone(),
            Data = data.RootElement.Clone(),
            OccurredAt = row.OccurredAt,
            TraceParent = row.TraceParent,
            PreviousHash = Convert.ToHexStringLower(row.PreviousHash),
            Hash = Convert.ToHexStringLower(row.Hash),
            Proof = proof,
        };
    }

    /// <summary>The row as the journal had it; null when one of its hashes is not hexadecimal.</summary>
    public JournalRow? ToRow(Guid workflowId) => !IsHash(PreviousHash) || !IsHash(Hash) ? null : new()
    {
        WorkflowId = workflowId,
        Sequence = Sequence,
        MessageId = MessageId,
        Event = Event,
        From = From,
        To = To,
        Entries = Entries.GetRawText(),
        Data = Data.GetRawText(),
        OccurredAt = OccurredAt,
        TraceParent = TraceParent,
        PreviousHash = Convert.FromHexString(PreviousHash),
        Hash = Convert.FromHexString(Hash),
    };

    static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);
}
