using Resonance.Engine.RuleSets;
using Xunit;

namespace Resonance.Tests.Engine.RuleSets;

/// <summary>The rules folder overrides the code when a process starts, or all that is wrong with it is said and nothing starts.</summary>
public sealed class RuleFolderTests : IAsyncDisposable
{
    const string FileForm = "a file of rules has 'workflow', the type of a workflow, and 'rules', a list of rules";
    const string RuleForm = "a rule has 'name' and 'expression'; 'description' and 'fail_means' may be left out";

    readonly RuleSetInstallation _installation = new();

    [Fact]
    public async Task A_rule_of_the_folder_overrides_the_one_of_the_code()
    {
        await _installation.WriteAsync("loans.yaml", """
            workflow: loan
            rules:
              - name: good_credit
                expression: score >= 650
                description: Who gets a loan this year.
                fail_means: not good enough for this year
            """);

        var process = await _installation.StartAsync(RuleSetInstallation.GoodCredit(), RuleSetInstallation.SmallLoan());

        Assert.Equal(["good_credit 1 file: score >= 650", "small_loan 1 code: amount <= 1000.0"], await _installation.StoredAsync());
        var text = process.Rule("good_credit").Rule.Version.Text;
        Assert.Equal(("Who gets a loan this year.", "not good enough for this year"), (text.Description, text.FailMeans));
        Assert.Equal("score >= 600", process.Rule("good_credit").Rule.Default.Expression);
    }

    [Fact]
    public async Task What_a_file_leaves_out_is_taken_from_the_code()
    {
        await _installation.WriteAsync("loans.yml", """
            workflow: loan
            rules:
              - { name: good_credit, expression: score >= 650 }
            """);

        var process = await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        var text = process.Rule("good_credit").Rule.Version.Text;
        Assert.Equal(("Who gets a loan at all.", "the credit is not good enough"), (text.Description, text.FailMeans));
    }

    [Fact]
    public async Task A_file_that_has_changed_wins_over_what_was_published_and_one_that_has_not_does_not()
    {
        await _installation.WriteAsync("loans.yaml", File("score >= 650"));
        var first = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        await first.PublishAsync("good_credit", "score >= 700");

        var unchanged = await _installation.StartAsync(RuleSetInstallation.GoodCredit());
        Assert.Equal("2: score >= 700", unchanged.Decides("good_credit"));
        await _installation.WriteAsync("loans.yaml", File("score >= 620"));
        var changed = await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        Assert.Equal("3: score >= 620", changed.Decides("good_credit"));
    }

    [Fact]
    public async Task Only_yaml_is_read()
    {
        await _installation.WriteAsync("loans.yaml.bak", "not: [yaml");
        await _installation.WriteAsync("README.md", "# Rules");

        await _installation.StartAsync(RuleSetInstallation.GoodCredit());

        Assert.Equal(["good_credit 1 code: score >= 600"], await _installation.StoredAsync());
    }

    [Fact]
    public async Task The_mistakes_of_all_files_are_told_at_once_and_nothing_is_stored()
    {
        await _installation.WriteAsync("1-broken.yaml", """
            workflow: loan
            rules: [
            """);
        await _installation.WriteAsync("2-unknown.yaml", """
            workflow: loan
            rules:
              - name: good_credit
                expresion: score >= 650
            """);
        await _installation.WriteAsync("3-content.yaml", """
            workflow: loan
            rules:
              - name: good_credit
                expression: scor >= 650 && amount == 'much'
              - name: good_cerdit
                expression: score >= 650
              - name: small_loan
              - expression: score >= 650
              - name: small_loan
                expression: amount < 10.0
              - name: small_loan
                expression: amount < 20.0
              -
            """);
        await _installation.WriteAsync("4-empty.yaml", "");
        await _installation.WriteAsync("5-twice.yaml", "workflow: loan\nworkflow: loan\nrules: []\n");
        await _installation.WriteAsync("6-form.yaml", "workflow: [loan]\nrules: none\nrule: []\n");
        await _installation.WriteAsync("7-two.yaml", "workflow: loan\nrules: []\n---\nworkflow: loan\nrules: []\n");

        var refusal = await Assert.ThrowsAsync<RuleSetException>(
            () => _installation.StartAsync(RuleSetInstallation.GoodCredit(), RuleSetInstallation.SmallLoan()));

        Assert.Equal(
            [
                "1-broken.yaml:3:1: While parsing a node, did not find expected node content.",
                $"2-unknown.yaml:4:5: there is no 'expresion' here: {RuleForm}.",
                "3-content.yaml:3:5: rule loan/good_credit: 1:1: there is no fact 'scor'; did you mean 'score'?",
                "3-content.yaml:3:5: rule loan/good_credit: 1:23: '==' cannot be used between a double and a string",
                "3-content.yaml:5:5: there is no rule loan/good_cerdit. Rules: loan/good_credit, loan/small_loan.",
                $"3-content.yaml:7:5: {RuleForm}.",
                $"3-content.yaml:8:5: {RuleForm}.",
                "3-content.yaml:11:5: rule loan/small_loan stands in the folder twice.",
                $"3-content.yaml:13:4: {RuleForm}.",
                $"4-empty.yaml:1:1: {FileForm}.",
                "5-twice.yaml:2:1: Duplicate key workflow",
                "6-form.yaml:1:1: 'workflow' is a text.",
                "6-form.yaml:2:1: 'rules' is a list.",
                $"6-form.yaml:3:1: there is no 'rule' here: {FileForm}.",
                $"7-two.yaml:1:1: {FileForm}.",
            ],
            refusal.Problems);
        Assert.Empty(await _installation.StoredAsync());
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    static string File(string expression) => $"workflow: loan\nrules:\n  - name: good_credit\n    expression: {expression}\n";
}
