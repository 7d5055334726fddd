using System.Text;
using Resonance.Workflows.Cards;

namespace Resonance.Tests.Workflows.Reconciliation;

/// <summary>A provider that serves what the test tells it to.</summary>
sealed class ScriptedProvider : ICardProvider
{
    public string Name => "simulated";

    /// <summary>What the next fetch is answered with.</summary>
    public Func<CardProviderAnswer> Answer { get; set; } = () => new CardProviderAnswer.NoAnswer();

    /// <summary>The periods that were asked for.</summary>
    public List<(DateTimeOffset From, DateTimeOffset To)> Fetches { get; } = [];

    public void Serve(params string[] lines) => Answer = () => new CardProviderAnswer.Statement(new MemoryStream(
        Encoding.UTF8.GetBytes(string.Join('\n', [string.Join(',', StatementFormat.Columns), .. lines]))));

    public Task<CardProviderAnswer> OpenStatementAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        Fetches.Add((from, to));
        return Task.FromResult(Answer());
    }

    public Task<CardProviderAnswer> AssessAsync(CardCharge charge, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CardProviderAnswer> CaptureAsync(CardCharge charge, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CardProviderAnswer> RefundAsync(string idempotencyKey, string captureKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
