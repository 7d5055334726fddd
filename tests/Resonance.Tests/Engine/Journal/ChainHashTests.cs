using Resonance.Engine.Journal;
using Xunit;

namespace Resonance.Tests.Engine.Journal;

public sealed class ChainHashTests
{
    static readonly JournalRow Row = new()
    {
        WorkflowId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        Sequence = 1,
        MessageId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3302"),
        Event = "SubmitOrder",
        From = "Initial",
        To = "Pending",
        Entries = """[{"kind":"stateChanged","from":"Initial","to":"Pending"}]""",
        Data = """{"total":10.50,"lines":[1,2,3],"paid":false,"note":null}""",
        OccurredAt = new DateTimeOffset(2026, 11, 23, 9, 15, 43, 105, TimeSpan.Zero),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        PreviousHash = ChainHash.Origin,
        Hash = [],
    };

    /// <summary>Pinned: a change to the form would make every stored journal look forged.</summary>
    [Fact]
    public void The_form_is_the_one_that_journals_were_written_in() =>
        Assert.Equal("7e7860e06c548bf1a15097eed860638b6fa9d223b90b4e41260e9b94c9b45dbc", Convert.ToHexStringLower(ChainHash.Compute(Row)));

    [Theory]
    [InlineData("""{"lines":[1,2,3],"note":null,"paid":false,"total":10.5}""")]
    [InlineData("""{ "note" : null, "total" : 10.500, "paid" : false, "lines" : [ 1.0, 2e0, 3 ] }""")]
    public void The_same_value_has_the_same_hash_however_it_is_written(string data) =>
        Assert.Equal(ChainHash.Compute(Row), ChainHash.Compute(Row with { Data = data }));

    public static TheoryData<string, JournalRow> Changes => new()
    {
        { "id", Row with { WorkflowId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3303") } },
        { "sequence", Row with { Sequence = 2 } },
        { "message", Row with { MessageId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3303") } },
        { "event", Row with { Event = "CancelOrder" } },
        { "from", Row with { From = "Pending" } },
        { "to", Row with { To = "Shipping" } },
        { "entries", Row with { Entries = "[]" } },
        { "data value", Row with { Data = """{"total":10.51,"lines":[1,2,3],"paid":false,"note":null}""" } },
        { "data order of a list", Row with { Data = """{"total":10.50,"lines":[2,1,3],"paid":false,"note":null}""" } },
        { "data type", Row with { Data = """{"total":"10.50","lines":[1,2,3],"paid":false,"note":null}""" } },
        { "time", Row with { OccurredAt = Row.OccurredAt.AddMicroseconds(1) } },
        { "trace", Row with { TraceParent = null } },
        { "previous", Row with { PreviousHash = [.. Enumerable.Repeat((byte)1, 32)] } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_changes_shows(string what, JournalRow changed)
    {
        Assert.False(ChainHash.Compute(Row).AsSpan().SequenceEqual(ChainHash.Compute(changed)), what);
    }

    [Fact]
    public void Texts_cannot_flow_into_one_another() => Assert.NotEqual(
        ChainHash.Compute(Row with { From = "ab", To = "c" }), ChainHash.Compute(Row with { From = "a", To = "bc" }));
}
