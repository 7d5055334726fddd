using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Resonance.Contracts.Notifications;
using Resonance.Tests.Support;
using Resonance.Workflows.Orders;
using Xunit;

namespace Resonance.Tests.Workflows.Orders;

/// <summary>Logs and traces go to where other people read than those who may see what an order holds.</summary>
public sealed class SensitiveValuesTests
{
    const string Token = "tok_secret_4711";
    const string Mail = "ann.secret@example.org";

    [Fact]
    public async Task Neither_logs_nor_spans_have_them()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var told = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                told.Enqueue($"{span.DisplayName} {span.StatusDescription}");
                foreach (var (name, value) in span.TagObjects.Concat(span.Events.SelectMany(happened => happened.Tags)))
                    told.Enqueue($"{name}={value}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        var order = Support.Orders.Good(Token) with { Notify = new NotificationRecipient { Email = Mail } };
        await using (var harness = await WorkflowHarness.StartAsync(
            configure: services => services.AddLogging(log => log
                .AddProvider(new Listening(told)).AddFilter<Listening>(null, LogLevel.Trace))))
        {
            await harness.Client.StartAsync(OrderWorkflow.Type, order, cancellationToken);
            var last = await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Cancelled));
            Assert.Contains(Token, last.Workflow.Data, StringComparison.Ordinal);
            Assert.Contains(Mail, last.Workflow.Data, StringComparison.Ordinal);
        }

        // Spans and lines of the order are among what was told: otherwise nothing would be proven.
        Assert.Contains(told, text => text.Contains(order.OrderId.ToString("D"), StringComparison.Ordinal));
        Assert.DoesNotContain(told, text => text.Contains(Token, StringComparison.Ordinal) || text.Contains(Mail, StringComparison.Ordinal));
    }

    sealed class Listening(ConcurrentQueue<string> told) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            told.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
