using System.Text.Json;
using FsCheck.Xunit;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

public sealed class DataConditionTests
{
    [Fact]
    public void A_condition_is_a_path_an_operator_and_a_value()
    {
        Assert.True(DataCondition.TryParse("$.lines[2][\"odd name\"]  ge 3", out var condition, out _));

        Assert.Equal([new DataPathPart("lines", 0), new DataPathPart(null, 2), new DataPathPart("odd name", 0)], condition.Path);
        Assert.Equal(DataOperator.Ge, condition.Operator);
        Assert.Equal(3, condition.Value.GetInt32());
    }

    [Theory]
    [InlineData("", "at character 1: expected '$', where every path begins; found the end.")]
    [InlineData("customerId eq 1", "at character 1: expected '$', where every path begins; found 'c'.")]
    [InlineData("$ eq 1", "at character 2: expected a path, e.g. $.customerId or $.lines[0].sku; found ' '.")]
    [InlineData("$. eq 1", "at character 3: expected the name of a member; found ' '.")]
    [InlineData("$.a[x] eq 1", "at character 5: expected an index of one to four digits, or a name in quotation marks; found 'x'.")]
    [InlineData("$.a[\"b\\\"] eq 1", "at character 7: expected a name of ASCII characters without a backslash, and the quotation mark that ends it; found '\\'.")]
    [InlineData("$.a[1 eq 1", "at character 6: expected ']'; found ' '.")]
    [InlineData("$.a", "at character 4: expected a space and one of eq, ne, gt, ge, lt, le, exists; found the end.")]
    [InlineData("$.a like 1", "at character 5: expected a space and one of eq, ne, gt, ge, lt, le, exists; found 'l'.")]
    [InlineData("$.a eq", "at character 7: expected a space and a value; found the end.")]
    [InlineData("$.a eq C-1", "at character 8: expected a text in quotation marks, a number, true, false or null; found 'C'.")]
    [InlineData("$.a eq [1]", "at character 8: expected a text, a number, true, false or null; found '['.")]
    [InlineData("$.a gt true", "at character 8: expected a text or a number: nothing else has an order; found 't'.")]
    [InlineData("$.a exists 1", "at character 12: expected the end: 'exists' takes no value; found '1'.")]
    [InlineData("$.a eq \"\\u0000\"", "at character 8: expected a text of whole characters, none of them U+0000; found '\"'.")]
    [InlineData("$.a eq 1e400", "at character 8: expected a number of 28 digits at most; found '1'.")]
    [InlineData("$.$engine.suspension exists", "at character 2: expected a member of the workflow's own data; found '.'.")]
    public void A_mistake_is_told_with_its_place(string text, string expected)
    {
        Assert.False(DataCondition.TryParse(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void A_condition_that_is_too_long_is_none()
    {
        Assert.False(DataCondition.TryParse("$." + new string('a', DataCondition.LengthMax) + " exists", out _, out var problem));
        Assert.Equal("a condition has 500 characters at most.", problem);
    }

    [Property(MaxTest = 500)]
    public void Whatever_is_written_is_a_condition_or_has_a_problem(string? path, string? value)
    {
        var text = $"$.{path} eq {value}";

        Assert.Equal(DataCondition.TryParse(text, out var condition, out var problem), problem is null);
        Assert.Equal(condition is null, problem is not null);
    }

    [Property(MaxTest = 500)]
    public void A_text_is_read_as_it_was_written(string? value)
    {
        var text = $"$.a eq {JsonSerializer.Serialize(value)}";

        if (DataCondition.TryParse(text, out var condition, out var problem))
            Assert.Equal(value, condition.Value.GetString());
        else
            Assert.Matches("U\\+0000|characters at most", problem);
    }
}
