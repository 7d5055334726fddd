using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Resonance.Audit;
using Resonance.Contracts.Orders;
using Resonance.Engine;
using Resonance.Gateway;
using Resonance.Host;
using Resonance.Tests.Approved;
using Resonance.Tests.House;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Observability;

/// <summary>Alarms are set on the numbers and names of log events, so that they are approved like everything that outsiders see.</summary>
public sealed partial class LogEventTests
{
    // Each area has its thousand: whoever sees a number knows where it comes from.
    static readonly (string Namespace, int From, int To)[] Areas =
    [
        ("Resonance.Engine.Storage", 2000, 2999), ("Resonance.Engine.Workers", 3000, 3999), ("Resonance.Engine", 1000, 1999),
        ("Resonance.Gateway", 4000, 4999), ("Resonance.Audit", 5000, 5999), ("Resonance.Host", 6000, 6999),
        ("Resonance.Workflows", 7000, 7999),
    ];

    static readonly IReadOnlyList<LogEvent> Events =
    [
        .. from anchor in new[]
           {
               typeof(SubmitOrder), typeof(ResonanceEngineExtensions), typeof(ResonanceAuditExtensions), typeof(ResonanceGatewayExtensions),
               typeof(ResonanceHost), typeof(ResonanceWorkflowsExtensions),
           }
           from type in anchor.Assembly.GetTypes()
           from method in type.GetMethods(
               BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
           where attribute is not null
           orderby attribute.EventId
           select new LogEvent(attribute.EventId, attribute.EventName ?? method.Name, attribute.Level, attribute.Message, type.FullName!),
    ];

    [Fact]
    public Task The_log_events_are_what_was_approved() => ApprovedFile.AssertAsync(
        "log-events.txt",
        string.Join('\n', Events.Select(log => $"{log.Id} {log.Name} ({log.Level}): {log.Message}")),
        TestContext.Current.CancellationToken);

    [Fact]
    public void No_number_and_no_name_is_given_twice()
    {
        Assert.Distinct(Events.Select(log => log.Id));
        Assert.Distinct(Events.Select(log => log.Name));
    }

    [Fact]
    public void Numbers_say_which_part_speaks() => Assert.All(Events, log =>
    {
        var (_, from, to) = Areas.First(area => log.Type.StartsWith(area.Namespace, StringComparison.Ordinal));
        Assert.InRange(log.Id, from, to);
    });

    [Fact]
    public void What_a_message_carries_is_not_logged_where_everybody_reads() => Assert.All(
        Events.Where(log => log.Level >= LogLevel.Information),
        log => Assert.DoesNotMatch(Carried(), log.Message));

    // All other logging would have no number.
    [Fact]
    public void Nothing_is_logged_but_by_log_events() => Assert.Empty(
        from file in SourceTree.OfThisRepository.FilesNamed(".cs")
        where file.StartsWith("services/", StringComparison.Ordinal)
        where Unnumbered().IsMatch(CSharpText.WithoutCommentsAndStrings(SourceTree.OfThisRepository.Read(file)))
        select file);

    [GeneratedRegex(@"\{(Body|Data|Payload|Content|Envelope|Facts|Values|Email|Recipient|CardToken|Customer\w*)[,:}]")]
    private static partial Regex Carried();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex Unnumbered();

    sealed record LogEvent(int Id, string Name, LogLevel Level, string Message, string Type);
}
