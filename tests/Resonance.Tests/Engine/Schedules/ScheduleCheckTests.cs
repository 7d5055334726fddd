using System.Text;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Xunit;

namespace Resonance.Tests.Engine.Schedules;

public sealed class ScheduleCheckTests
{
    const string Start = """{ "paymentId": "{id}", "reference": "{dueAt}", "amount": 10, "currency": "EUR", "cardToken": "tok_visa" }""";

    static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 15, 43, TimeSpan.Zero);

    static readonly ScheduleDefinition Sound = new() { Name = "nightly", Workflow = "payment", Start = Start, Cron = "0 0 * * *" };

    static readonly WorkflowCatalog Catalog = new([new WorkflowDescription
    {
        Type = "payment",
        KeyPrefix = "PAYMENT",
        StartContract = typeof(StartPayment),
        IdOf = start => ((StartPayment)start).PaymentId,
        KeyOf = _ => null,
        PriorityOf = _ => 0,
        States = ["Pending"],
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = _ => WorkflowStatus.Running,
        Hash = "",
        Diagram = "",
    }]);

    [Fact]
    public void A_sound_definition_has_no_errors() => Assert.Empty(Check(Sound));

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var errors = Check(new ScheduleDefinition
        {
            Name = "Nightly!",
            Workflow = "paiment",
            Start = "[",
            Cron = "60 * * * *",
            TimeZone = "Europe/Berlyn",
            Jitter = TimeSpan.FromMinutes(61),
            Overlap = "queue",
            CatchUp = TimeSpan.FromDays(31),
        });

        Assert.Equal(["catchUp", "cron", "jitter", "name", "overlap", "start", "timeZone", "workflow"], errors.Keys.Order());
        Assert.Equal("There is no workflow 'paiment'. Workflows: payment.", errors["workflow"][0]);
        Assert.Equal("overlap must be one of skip, queueOne, allow.", errors["overlap"][0]);
    }

    [Theory]
    [InlineData("60 * * * *")]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("H * * * *")]
    [InlineData("@daily")]
    [InlineData("0 0 30 2 *")]
    [InlineData("soon")]
    [InlineData("")]
    public void An_expression_that_is_wrong_or_never_comes_due_is_refused(string cron) =>
        Assert.Equal(["cron"], Check(Sound with { Cron = cron }).Keys);

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("")]
    [InlineData("+02:00")]
    public void A_time_zone_is_a_name(string zone) => Assert.Equal(["timeZone"], Check(Sound with { TimeZone = zone }).Keys);

    [Theory]
    [InlineData("")]
    [InlineData("night ly")]
    [InlineData("nächtlich")]
    [InlineData("nightly\n")]
    [InlineData("a123456789b123456789c123456789d123456789e123456789f123456789g1234")]
    public void A_name_has_1_to_64_plain_characters(string name) => Assert.Contains("name", Check(Sound with { Name = name }).Keys);

    [Theory]
    [InlineData("[]", "start")]
    [InlineData("\"{id}\"", "start")]
    [InlineData("{", "start")]
    [InlineData("""{ "paymentId": "\ud800{id}" }""", "start")]
    [InlineData("""{ "paymentId": "{id}", "reference": "r", "amount": "lots", "currency": "EUR" }""", "start.amount", "start.cardToken")]
    [InlineData("""{ "paymentId": "{Id}", "reference": "r", "amount": 1, "currency": "EUR", "cardToken": "t" }""", "start.paymentId")]
    [InlineData(
        """{ "paymentId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "reference": "r", "amount": 1, "currency": "EUR", "cardToken": "t" }""", "start")]
    public void The_start_message_is_held_to_its_contract_and_has_the_firing_s_id(string start, params string[] fields) =>
        Assert.Equal(fields, Check(Sound with { Start = start }).Keys.Order());

    [Fact]
    public void A_start_message_has_an_end() =>
        Assert.Equal(["start"], Check(Sound with { Start = Start + new string(' ', StartTemplate.LengthMax) }).Keys);

    [Fact]
    public void Placeholders_are_replaced_in_every_text_and_nowhere_else()
    {
        var values = new FiringValues(Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), Now.AddMilliseconds(120), Now);

        var filled = StartTemplate.Fill(
            """{ "{id}": ["{id} at {dueAt}", { "since": "{previousDueAt}", "amount": 12.50, "left": "{other} ü \" {", "none": null }] }""", values);

        Assert.Equal(
            """
            {"{id}":["3f2504e0-4f89-41d3-9a0c-0305e82c3301 at 2026-03-04T09:15:43.12Z",
            {"since":"2026-03-04T09:15:43Z","amount":12.50,"left":"{other} ü \" {","none":null}]}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(filled.Span));
    }

    static Dictionary<string, string[]> Check(ScheduleDefinition definition) => ScheduleCheck.Check(definition, Catalog, Now);
}
