using Microsoft.Extensions.Hosting;
using Resonance.Engine.Rules;
using Resonance.Engine.Steps;

namespace Resonance.Engine.RuleSets;

/// <summary>Before any step is taken: stores the rules that ship with the code or stand in the rules folder, and decides by the last versions.</summary>
/// <remarks>
/// A text that was never stored becomes a new version, also over one that was published: whoever deploys a new rule means it. A text
/// that was stored before changes nothing, so that old and new processes can run, and start again, side by side. Only a text that a
/// process cannot read, for it is about facts of a newer release, keeps that process from starting: it would decide by other rules.
/// </remarks>
sealed class RuleSetStartup(RuleBook book, RuleVersions versions, RuleSetRefresh refresh, StorePatience patience, RuleSetOptions options)
    : IHostedLifecycleService
{
    const string Author = "deployment";

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var files = RuleFolder.Read(options.Directory, book, problems);
        if (problems.Count == 0)
        {
            foreach (var rule in book.All)
            {
                var (text, origin) = files.TryGetValue(rule, out var file) ? (file, RuleOrigin.File) : (rule.Rule.Default, RuleOrigin.Code);
                await patience.CallAsync(() => StoreAsync(rule, text, origin, cancellationToken), cancellationToken);
            }

            problems.AddRange(await patience.CallAsync(() => refresh.RefreshAsync(cancellationToken), cancellationToken));
        }

        if (problems.Count > 0)
            throw new RuleSetException(problems);
    }

    async Task<bool> StoreAsync(WorkflowRule rule, RuleText text, string origin, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await versions.OfAsync(rule, cancellationToken);
            if (stored.Any(version => version.Origin != RuleOrigin.Published && version.Text == text))
                return false;

            var (before, reason) = stored is [.., var last] ? (last.Number, "a process with another text was started") : (0, "the first version");
            if (await versions.AppendAsync(rule, text, origin, Author, reason, before, cancellationToken) is not null)
                return true;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Rules cannot be used; see <see cref="Problems"/>.</summary>
public sealed class RuleSetException(IReadOnlyList<string> problems)
    : Exception($"The rules cannot be used:{Environment.NewLine}- {string.Join($"{Environment.NewLine}- ", problems)}")
{
    /// <summary>What is wrong, each with where.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
