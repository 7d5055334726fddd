using Acme.Loans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Workers;
using Resonance.Tests.House;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Docs;

/// <summary>The workflow of docs/writing-a-workflow.md: it is the one on the page, it is sound, and it runs.</summary>
public sealed class WritingAWorkflowTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("LoanWorkflow.cs")]
    [InlineData("StockCountWorkflow.cs")]
    [InlineData("LoanTests.cs")]
    public async Task The_page_shows_the_code_that_is_tested_here(string file)
    {
        var root = SourceTree.FindRoot(AppContext.BaseDirectory);
        var code = await File.ReadAllTextAsync(Path.Combine(root, "tests/Resonance.Tests/Docs", file), Cancellation);
        var page = await File.ReadAllTextAsync(Path.Combine(root, "docs/writing-a-workflow.md"), Cancellation);

        Assert.Contains(code.ReplaceLineEndings("\n").Trim(), page.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void It_is_sound() => WorkflowVerifier.Verify(new LoanWorkflow());

    [Fact]
    public void The_one_with_a_fan_out_is_sound() => WorkflowVerifier.Verify(new Acme.Stock.StockCountWorkflow());

    [Theory]
    [InlineData("Bob", "Refused")]
    [InlineData("Alexandra", "AwaitingSignature")]
    public async Task Good_credit_goes_on_to_the_signature(string customer, string state)
    {
        await using var harness = await StartAsync();
        var loan = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

        await harness.Client.StartAsync("loan", new RequestLoan(loan, customer, 1000), Cancellation);
        var step = await harness.UntilStateAsync(loan, state);

        Assert.Equal("LOAN-1001", step.Workflow.Key);
    }

    [Fact]
    public async Task A_loan_that_is_signed_in_time_is_granted_and_its_deadline_is_called_off()
    {
        await using var harness = await StartAsync();
        var loan = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
        await harness.Client.StartAsync("loan", new RequestLoan(loan, "Alexandra", 1000), Cancellation);
        await harness.UntilStateAsync(loan, nameof(LoanWorkflow.AwaitingSignature));

        await harness.Bus.Bus.Publish(new LoanSigned(loan), Cancellation);
        await harness.UntilStateAsync(loan, nameof(LoanWorkflow.Granted));

        Assert.Contains(harness.EntriesOf<TimerCancelled>(loan), timer => timer.Timer == "AwaitingSignature deadline");
    }

    [Fact]
    public async Task A_loan_that_nobody_signs_expires_after_two_weeks()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        await using var harness = await StartAsync(clock);
        var loan = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
        await harness.Client.StartAsync("loan", new RequestLoan(loan, "Alexandra", 1000), Cancellation);
        var waiting = await harness.UntilStateAsync(loan, nameof(LoanWorkflow.AwaitingSignature));

        var expired = await harness.AdvanceUntilAsync(clock, harness.UntilStateAsync(loan, nameof(LoanWorkflow.Expired)));

        Assert.True(expired.Journal.OccurredAt - waiting.Journal.OccurredAt >= TimeSpan.FromDays(14));
    }

    [Fact]
    public async Task An_event_that_the_state_does_not_accept_is_rejected_and_recorded()
    {
        await using var harness = await StartAsync();
        var loan = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
        await harness.Client.StartAsync("loan", new RequestLoan(loan, "Bob", 1000), Cancellation);
        await harness.UntilStateAsync(loan, nameof(LoanWorkflow.Refused));

        await harness.Bus.Bus.Publish(new LoanSigned(loan), Cancellation);
        var step = await harness.UntilAsync(loan, step => step.Journal.Event == nameof(LoanSigned));

        Assert.Equal((nameof(LoanWorkflow.Refused), nameof(LoanWorkflow.Refused)), (step.Journal.From, step.Journal.To));
        Assert.Equal(
            new EventRejected(nameof(LoanSigned), nameof(LoanWorkflow.Refused), "REFUSED does not accept it"),
            Assert.Single(harness.EntriesOf<EventRejected>(loan)));
    }

    [Fact]
    public async Task An_event_that_overtakes_its_start_waits_for_it()
    {
        await using var harness = await StartAsync();
        var loan = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

        await harness.Bus.Bus.Publish(new LoanSigned(loan), Cancellation);
        Assert.True(await harness.Bus.Consumed.Any<LoanSigned>(Cancellation));
        await harness.Client.StartAsync("loan", new RequestLoan(loan, "Alexandra", 1000), Cancellation);

        // By then the loan may still be checked, and the event is too early for that; it was not lost, all the same.
        await harness.UntilAsync(loan, step => step.Journal.Event == nameof(LoanSigned));
    }

    static Task<WorkflowHarness> StartAsync(FakeTimeProvider? clock = null) => WorkflowHarness.StartAsync(
        bus =>
        {
            bus.AddWorkflow<LoanWorkflow, LoanInstance>("loan");
            bus.AddWorker<CheckCreditWorker>("credit-bureau");
        },
        services =>
        {
            services.AddWorkflowDefinition<LoanWorkflow>();
            if (clock is not null)
                services.AddSingleton<TimeProvider>(clock);
        });
}
