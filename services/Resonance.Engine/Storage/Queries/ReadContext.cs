using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Resonance.Engine.Journal;

namespace Resonance.Engine.Storage.Queries;

/// <summary>The tables as the read side sees them. It only reads: the stores write.</summary>
sealed class ReadContext(DbContextOptions<ReadContext> options) : DbContext(options)
{
    public DbSet<WorkflowRow> Workflows => Set<WorkflowRow>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        if (!Database.IsSqlite())
            return;

        configurationBuilder.Properties<Guid>().HaveConversion<LowerCaseId>();
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<Microseconds>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var json = Database.IsNpgsql() ? "jsonb" : "TEXT";
        if (Database.IsNpgsql())
            modelBuilder.HasDefaultSchema("resonance");

        modelBuilder.Entity<WorkflowRow>(table =>
        {
            table.ToTable("workflow").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id");
            table.Property(row => row.Type).HasColumnName("type");
            table.Property(row => row.Key).HasColumnName("key");
            table.Property(row => row.State).HasColumnName("state");
            table.Property(row => row.Status).HasColumnName("status");
            table.Property(row => row.Version).HasColumnName("version");
            table.Property(row => row.Data).HasColumnName("data").HasColumnType(json);
            table.Property(row => row.DefinitionHash).HasColumnName("definition_hash");
            table.Property(row => row.Priority).HasColumnName("priority").HasConversion<short>();
            table.Property(row => row.TraceId).HasColumnName("trace_id");
            table.Property(row => row.StartedAt).HasColumnName("started_at");
            table.Property(row => row.UpdatedAt).HasColumnName("updated_at");
            table.Property(row => row.FinishedAt).HasColumnName("finished_at");
            table.Property(row => row.HeadHash).HasColumnName("head_hash");
        });
        modelBuilder.Entity<JournalRow>(table =>
        {
            table.ToTable("journal").HasKey(row => new { row.WorkflowId, row.Sequence });
            table.Property(row => row.WorkflowId).HasColumnName("workflow_id");
            table.Property(row => row.Sequence).HasColumnName("sequence");
            table.Property(row => row.MessageId).HasColumnName("message_id");
            table.Property(row => row.Event).HasColumnName("event");
            table.Property(row => row.From).HasColumnName("from_state");
            table.Property(row => row.To).HasColumnName("to_state");
            table.Property(row => row.Entries).HasColumnName("entries").HasColumnType(json);
            table.Property(row => row.Data).HasColumnName("data").HasColumnType(json);
            table.Property(row => row.OccurredAt).HasColumnName("occurred_at");
            table.Property(row => row.TraceParent).HasColumnName("trace_parent");
            table.Property(row => row.PreviousHash).HasColumnName("previous_hash");
            table.Property(row => row.Hash).HasColumnName("hash");
        });
        modelBuilder.Entity<OutboxRow>(table =>
        {
            table.ToTable("outbox").HasKey(row => row.MessageId);
            table.Property(row => row.MessageId).HasColumnName("message_id");
            table.Property(row => row.WorkflowId).HasColumnName("workflow_id");
            table.Property(row => row.Token).HasColumnName("token");
            table.Property(row => row.Timer).HasColumnName("timer");
            table.Property(row => row.DueAt).HasColumnName("due_at");
            table.Property(row => row.AvailableAt).HasColumnName("available_at");
            table.Property(row => row.Destination).HasColumnName("destination");
            table.Property(row => row.ContentType).HasColumnName("content_type");
            table.Property(row => row.Attempts).HasColumnName("attempts");
            table.Property(row => row.LastError).HasColumnName("last_error");
            table.Property(row => row.SetAsideAt).HasColumnName("set_aside_at");
            table.Property(row => row.SetAsideReason).HasColumnName("set_aside_reason");
            table.Property(row => row.CreatedAt).HasColumnName("created_at");
        });
    }

    /// <summary>EF Core would write ids in upper case; the store writes lower case, and text compares by case.</summary>
    sealed class LowerCaseId() : ValueConverter<Guid, string>(id => id.ToString("D"), text => Guid.ParseExact(text, "D"));

    sealed class Microseconds() : ValueConverter<DateTimeOffset, long>(
        time => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        microseconds => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond));
}

/// <summary>What the read side needs of a message on its way out; its body and envelope stay where they are.</summary>
sealed class OutboxRow
{
    public required Guid MessageId { get; init; }

    public Guid? WorkflowId { get; init; }

    public Guid? Token { get; init; }

    public string? Timer { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? AvailableAt { get; init; }

    public required string Destination { get; init; }

    public required string ContentType { get; init; }

    public required int Attempts { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? SetAsideAt { get; init; }

    public string? SetAsideReason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
