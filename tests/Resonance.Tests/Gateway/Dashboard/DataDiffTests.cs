using Resonance.Gateway.Dashboard.Instances;
using Xunit;

namespace Resonance.Tests.Gateway.Dashboard;

public sealed class DataDiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1.0}""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""")]
    [InlineData("""{"a":[1,{"b":null}]}""", """{ "a": [1, {"b": null}] }""")]
    public void Sees_no_difference_where_both_say_the_same(string before, string after) => Assert.Empty(DataDiff.Between(before, after));

    [Fact]
    public void Names_each_member_that_differs_by_its_path()
    {
        var changes = DataDiff.Between(
            """{"total":10,"lines":[{"sku":"A","quantity":1},{"sku":"B"}],"gone":true}""",
            """{"total":12,"lines":[{"sku":"A","quantity":2}],"came":{"deep":"x"}}""");

        Assert.Equal(
            [
                new DataChange("total", "10", "12"),
                new DataChange("lines[0].quantity", "1", "2"),
                new DataChange("lines[1].sku", "\"B\"", null),
                new DataChange("came.deep", null, "\"x\""),
                new DataChange("gone", "true", null),
            ],
            changes);
    }

    [Fact]
    public void Shows_all_of_the_first_step_as_new() =>
        Assert.Equal(new DataChange("a", null, "1"), Assert.Single(DataDiff.Between(null, """{"a":1}""")));

    [Fact]
    public void Shows_a_member_whole_whose_kind_changed() =>
        Assert.Equal(new DataChange("a", "[1]", "{\"b\":1}"), Assert.Single(DataDiff.Between("""{"a":[1]}""", """{"a":{"b":1}}""")));
}
