using Resonance.Host;
using Xunit;

namespace Resonance.Tests.Host;

public sealed class SpanConventionsTests
{
    [Theory]
    [InlineData("INSERT INTO worker_effect (idempotency_key) VALUES (@key)", "INSERT worker_effect")]
    [InlineData("\n  update stock\n SET reserved = reserved + 1", "UPDATE stock")]
    [InlineData("DELETE FROM \"outbox\" WHERE message_id = ANY($1)", "DELETE outbox")]
    [InlineData("SELECT w.id, w.key\nFROM resonance.workflow AS w WHERE w.id = @p", "SELECT resonance.workflow")]
    [InlineData("SELECT 1", "SELECT")]
    [InlineData("WITH due AS (SELECT 1) SELECT * FROM due", "WITH")]
    [InlineData("(SELECT 1)", null)]
    public void A_statement_is_named_for_what_it_does_to_which_table(string sql, string? summary) =>
        Assert.Equal(summary, SpanConventions.Summary(sql));
}
