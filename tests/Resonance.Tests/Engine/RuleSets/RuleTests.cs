using MassTransit;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Rules;
using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Engine.RuleSets;

/// <summary>A rule by itself, without a store.</summary>
public sealed class RuleTests
{
    static readonly LoanFacts Loan = new(550, 2_000, "EUR", [10, 20]);

    [Fact]
    public void The_hash_of_a_text_is_the_one_that_others_compute() => Assert.Equal(
        "d2d61fb8727e11a0c41ebf9b6a92c7f4ad4dc5b8afd95aff70ab6a9ca694906c",
        new RuleText("fraud_score < 0.3", "Which payments are captured – unseen.", "out of stock").Hash());

    [Fact]
    public void Text_cannot_be_moved_between_the_parts_without_another_hash() =>
        Assert.NotEqual(new RuleText("true", "ab", "c").Hash(), new RuleText("true", "a", "bc").Hash());

    [Fact]
    public void A_verdict_tells_every_fact_and_which_of_them_the_rule_read()
    {
        var verdict = RuleSetInstallation.GoodCredit("score >= 500 || amount < 100.0").Evaluate(Loan);

        Assert.True(verdict.Passed);
        Assert.Equal((1, "score >= 500 || amount < 100.0", null), (verdict.Version, verdict.Expression, verdict.Reason));
        Assert.Equal(["score", "amount", "currency", "incomes"], verdict.Values.Keys);
        Assert.Equal((550L, 2_000d, "EUR"), (verdict.Values["score"], verdict.Values["amount"], verdict.Values["currency"]));
        Assert.Equal(["score"], verdict.Read);
    }

    [Fact]
    public void A_fail_says_what_it_means_which_part_decided_and_on_which_values()
    {
        var verdict = RuleSetInstallation.GoodCredit("currency == 'EUR' && score >= 600 && amount < 100.0").Evaluate(Loan);

        Assert.False(verdict.Passed);
        Assert.Equal("the credit is not good enough (score >= 600; score = 550, currency = EUR)", verdict.Reason);
        Assert.Equal(["score", "currency"], verdict.Read);
    }

    [Theory]
    [InlineData("score / (score - 550) > 1", "the credit is not good enough (the rule could not be evaluated: division by zero)")]
    [InlineData("incomes[2] > 5", "the credit is not good enough (the rule could not be evaluated: there is no element 2 in a list of 2)")]
    public void A_rule_that_cannot_be_evaluated_does_not_pass_and_says_why(string expression, string reason)
    {
        var verdict = RuleSetInstallation.GoodCredit(expression).Evaluate(Loan);

        Assert.False(verdict.Passed);
        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(4, verdict.Values.Count);
    }

    [Fact]
    public void A_rule_may_have_limits_of_its_own()
    {
        var rule = new Rule<LoanFacts>(
            "good_credit", "score >= 600", "Who gets a loan at all.", "the credit is not good enough",
            new LanguageLimits { Cost = 10, SourceLength = 30 });

        Assert.Contains("30 characters", Assert.Single(rule.Check("score >= 600 && amount < 1000000.0")).Message, StringComparison.Ordinal);
        Assert.Empty(rule.Use(new RuleVersion(2, rule.Default with { Expression = "incomes.all(i, i > i - i - i)" }, "published", "Ada", "", default)));
        var verdict = rule.Evaluate(Loan);
        Assert.False(verdict.Passed);
        Assert.Contains("could not be evaluated", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_with_a_bad_expression_says_what_is_wrong_when_it_is_asked()
    {
        var rule = RuleSetInstallation.GoodCredit("scor >= 600");

        var refusal = Assert.Throws<InvalidOperationException>(() => rule.Evaluate(Loan));

        Assert.Contains("1:1: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'score'?", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_cannot_be_read_leaves_the_one_before()
    {
        var rule = RuleSetInstallation.GoodCredit();

        var errors = rule.Use(Version(2, "score >= '600' && amonut > 1.0"));

        Assert.Equal(2, errors.Count);
        Assert.Equal((1, "score >= 600"), (rule.Version.Number, rule.Evaluate(Loan).Expression));
    }

    [Fact]
    public void An_evaluation_that_has_begun_keeps_its_version_to_the_end()
    {
        var rule = new Rule<MeddlesomeFacts>("good_credit", "score >= 600", "Who gets a loan at all.", "the first meaning");
        var next = new RuleVersion(
            2, new RuleText("score >= 500", "Who gets a loan at all.", "the second meaning"), RuleOrigin.Published, "Ada", "why",
            DateTimeOffset.UnixEpoch);

        var verdict = rule.Evaluate(new MeddlesomeFacts(() => rule.Use(next)));

        Assert.Equal((1, "score >= 600", false), (verdict.Version, verdict.Expression, verdict.Passed));
        Assert.Equal("the first meaning (score >= 600; score = 550)", verdict.Reason);
        Assert.Equal(2, rule.Version.Number);
    }

    [Fact]
    public async Task Evaluations_beside_publications_see_no_half_of_a_change()
    {
        // Whether a verdict, its number and its text belong together shows in each of them: version n passes when n is even.
        var rule = RuleSetInstallation.GoodCredit("score % 2 == 1 && 1 > 0");
        var versions = Enumerable.Range(1, 200)
            .Select(number => Version(number, $"score % 2 == {(number % 2 == 0 ? 0 : 1)} && {number} > 0")).ToArray();
        using var over = new CancellationTokenSource();
        var seen = new HashSet<int>();
        using var begun = new ManualResetEventSlim();
        var evaluating = Task.Run(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    var verdict = rule.Evaluate(Loan);
                    begun.Set();
                    seen.Add(verdict.Version);
                    if (verdict.Expression != versions[verdict.Version - 1].Text.Expression || verdict.Passed != (verdict.Version % 2 == 0))
                        return verdict;
                }

                return null;
            },
            TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);

        for (var used = 0; used < 10_000 && !evaluating.IsCompleted; used++)
            rule.Use(versions[used % versions.Length]);
        await over.CancelAsync();

        Assert.Null(await evaluating);
        Assert.True(seen.Count > 1, "No change was seen.");
    }

    [Fact]
    public void Two_rules_with_one_name_are_refused_in_a_workflow()
    {
        var refusal = Assert.Throws<ArgumentException>(
            () => new RuledWorkflow(RuleSetInstallation.GoodCredit(), RuleSetInstallation.GoodCredit("score >= 1")));

        Assert.Equal("Workflow 'ruled' has two rules with the name 'good_credit'. Give each a name of its own.", refusal.Message);
    }

    [Fact]
    public void A_rule_may_decide_in_two_places()
    {
        var rule = RuleSetInstallation.GoodCredit();

        Assert.Equal([rule], new RuledWorkflow(rule, rule).Description.Rules);
    }

    [Fact]
    public void All_that_is_wrong_with_the_rules_of_a_workflow_is_told_at_once()
    {
        var workflow = new RuledWorkflow(
            RuleSetInstallation.GoodCredit("scor >= 600 && amount > 'x'"), RuleSetInstallation.SmallLoan("amount <"));

        var refusal = Assert.Throws<WorkflowDefinitionException>(() => WorkflowVerifier.Verify(workflow));

        Assert.Equal(3, refusal.Problems.Count);
        Assert.StartsWith("Rule 'good_credit' of workflow 'ruled' cannot be read. 1:1: ", refusal.Problems[0], StringComparison.Ordinal);
        Assert.StartsWith("Rule 'good_credit' of workflow 'ruled' cannot be read. 1:", refusal.Problems[1], StringComparison.Ordinal);
        Assert.StartsWith("Rule 'small_loan' of workflow 'ruled' cannot be read. 1:9: ", refusal.Problems[2], StringComparison.Ordinal);
    }

    static RuleVersion Version(int number, string expression) => new(
        number, new RuleText(expression, "Who gets a loan at all.", "no"), RuleOrigin.Published, "Ada", "why", DateTimeOffset.UnixEpoch);

    /// <summary>Facts on which something happens as soon as they are read.</summary>
    sealed class MeddlesomeFacts(Action whenRead)
    {
        public long Score
        {
            get
            {
                whenRead();
                return 550;
            }
        }
    }

    sealed class Instance : WorkflowInstance;

    /// <summary>Sound but for its rules.</summary>
    sealed class RuledWorkflow : WorkflowStateMachine<Instance>
    {
        public RuledWorkflow(Rule<LoanFacts> first, Rule<LoanFacts> second) : base("ruled")
        {
            StartsWith(() => Started, start => start.PaymentId);
            Accepts(() => Asked, asked => asked.PaymentId);
            Ends(Done, WorkflowStatus.Completed);
            Unbounded(Waiting, "because somebody comes back, or not");
            Initially(When(Started).Evaluate(first, _ => Loan, pass => pass.TransitionTo(Done), fail => fail.TransitionTo(Waiting)));
            During(Waiting,
                When(Asked).Evaluate(second, _ => Loan, pass => pass.TransitionTo(Done), fail => fail.TransitionTo(Done)));
        }

        public State Waiting { get; } = null!;
        public State Done { get; } = null!;
        public Event<StartPayment> Started { get; } = null!;
        public Event<RefundPayment> Asked { get; } = null!;
    }
}
