using System.CommandLine.Completions;
using System.Text.Json;
using Resonance.Cli.Api;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>What Tab offers. The server is asked; when it does not answer at once, nothing is offered, and nothing is said.</summary>
static class Suggestions
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static IEnumerable<string> Types(Tool tool, CompletionContext context) =>
        Ask(tool, context, "api/workflow-types?limit=200", types => types.Items("items").Select(type => type.Text("type")));

    public static IEnumerable<string> States(Tool tool, CompletionContext context) =>
        Ask(tool, context, "api/workflow-types?limit=200", types => types.Items("items").SelectMany(type => type.Items("states")).Select(state => state.ToString()));

    public static IEnumerable<string> Keys(Tool tool, CompletionContext context) => Ask(
        tool, context,
        new Query("api/workflows").With("key", context.WordToComplete.Length == 0 ? null : $"{context.WordToComplete}*").With("limit", 50).ToString(),
        page => page.Items("items").Select(item => item.Text("key")));

    public static IEnumerable<string> Rules(Tool tool, CompletionContext context) =>
        Ask(tool, context, "api/rules?limit=200", rules => rules.Items("items").Select(rule => $"{rule.Text("workflow")}/{rule.Text("name")}"));

    public static IEnumerable<string> Schedules(Tool tool, CompletionContext context) =>
        Ask(tool, context, "api/schedules?limit=200", schedules => schedules.Items("items").Select(schedule => schedule.Text("name")));

    public static IEnumerable<string> Fingerprints(Tool tool, CompletionContext context) =>
        Ask(tool, context, "api/incidents/groups?limit=200", groups => groups.Items("items").Select(group => group.Text("fingerprint")));

    public static IEnumerable<string> KeptQueues(Tool tool, CompletionContext context) => Ask(
        tool, context, "api/queues",
        queues => queues.Items("queues").Where(queue => queue.Text("keptOf") is not null).Select(queue => queue.Text("name")));

    public static IEnumerable<string> WorkQueues(Tool tool, CompletionContext context) =>
        Ask(tool, context, "api/queues", queues => queues.Items("workQueues").Select(queue => queue.Text("name")));

    static string[] Ask(Tool tool, CompletionContext context, string address, Func<JsonElement, IEnumerable<string?>> read)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            // Completions are computed in one go: a shell waits for them as this thread does.
            var session = new Session(context.ParseResult, tool.Terminal, tool.Options, patience.Token);
            var answer = Task.Run(() => session.Api.GetAsync(address), patience.Token).GetAwaiter().GetResult();
            return [.. read(answer).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is ToolFailure or OperationCanceledException)
        {
            return [];
        }
    }
}
