using System.ComponentModel.DataAnnotations;
using System.Text;
using Resonance.Contracts.Cards;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;
using Xunit;

namespace Resonance.Tests.Engine.Definitions;

public sealed class ContractReaderTests
{
    const string GoodOrder = """
        {
          "orderId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "orderNumber": "ORDER-7", "customerId": "c-1", "currency": "EUR",
          "lines": [{ "sku": "SKU-1001", "quantity": 2, "unitPrice": 19.99 }], "cardToken": "tok_visa", "priority": 9
        }
        """;

    [Fact]
    public void Reads_a_good_document_into_the_contract()
    {
        var result = Read(GoodOrder);

        Assert.Empty(result.Errors);
        var order = Assert.IsType<SubmitOrder>(result.Message);
        Assert.Equal(Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), order.OrderId);
        Assert.Equal("ORDER-7", order.OrderNumber);
        Assert.Equal(9, order.Priority);
        Assert.Equal(new OrderLine { Sku = "SKU-1001", Quantity = 2, UnitPrice = 19.99m }, Assert.Single(order.Lines));
    }

    [Fact]
    public void Reads_names_in_any_case_ignores_unknown_members_and_skips_a_byte_order_mark()
    {
        var json = "\uFEFF" + GoodOrder
            .Replace("\"orderId\"", "\"OrderID\"")
            .Replace("\"priority\"", "\"note\": {\"a\": [1]}, \"PRIORITY\"");

        var result = Read(json);

        Assert.Empty(result.Errors);
        Assert.Equal(9, Assert.IsType<SubmitOrder>(result.Message).Priority);
    }

    [Fact]
    public void Leaves_out_what_the_contract_does_not_require()
    {
        var result = Read(GoodOrder.Replace("\"orderNumber\": \"ORDER-7\",", "").Replace("\"priority\": 9", "\"priority\": null"));

        Assert.Empty(result.Errors);
        var order = Assert.IsType<SubmitOrder>(result.Message);
        Assert.Null(order.OrderNumber);
        Assert.Null(order.Priority);
    }

    [Fact]
    public void Reads_a_decimal_from_a_text_without_losing_a_digit()
    {
        var result = Read(GoodOrder.Replace("19.99", "\"19.9900\""));

        Assert.Equal("19.9900", Assert.IsType<SubmitOrder>(result.Message).Lines[0].UnitPrice.ToString());
    }

    [Fact]
    public void Names_every_missing_and_mistyped_member_at_once()
    {
        var result = Read("""
            { "orderId": 17, "customerId": null, "currency": ["EUR"],
              "lines": [{ "sku": "a", "quantity": 1.5, "unitPrice": "much" }, null, { "quantity": 99999999999, "unitPrice": 1 }] }
            """);

        Assert.Null(result.Message);
        AssertErrors(result, new()
        {
            ["orderId"] = "orderId must be a UUID, e.g. 3f2504e0-4f89-41d3-9a0c-0305e82c3301; found a number.",
            ["customerId"] = "customerId must be a text; found null.",
            ["currency"] = "currency must be a text; found a list.",
            ["lines[0].quantity"] = "quantity must be a whole number from -2147483648 to 2147483647; found 1.5.",
            ["lines[0].unitPrice"] = "unitPrice must be a number of at most 28 digits; found a text that is not a number.",
            ["lines[1]"] = "lines[1] must be a JSON object; found null.",
            ["lines[2].quantity"] = "quantity must be a whole number from -2147483648 to 2147483647; found 99999999999.",
            ["lines[2].sku"] = "sku is missing; it must be a text.",
            ["cardToken"] = "cardToken is missing; it must be a text.",
        });
    }

    [Fact]
    public void Names_every_broken_rule_at_once_inside_lists_too()
    {
        var result = Read("""
            { "orderId": "00000000-0000-0000-0000-000000000000", "customerId": " ", "currency": "EURO", "cardToken": "tok\u0007",
              "priority": 10,
              "lines": [{ "sku": "a", "quantity": -3, "unitPrice": 0.00001 }, { "sku": "a", "quantity": 1, "unitPrice": 1000001 }] }
            """);

        AssertErrors(result, new()
        {
            ["orderId"] = "The field orderId must be a UUID other than 00000000-0000-0000-0000-000000000000.",
            ["customerId"] = "The customerId field is required.",
            ["currency"] = "The field currency must be a currency code of ISO 4217 such as EUR or USD.",
            ["cardToken"] = "The field cardToken must not contain control characters.",
            ["priority"] = "The field priority must be between 0 and 9.",
            ["lines[0].quantity"] = "The field quantity must be between 1 and 1000000.",
            ["lines[0].unitPrice"] = "The field unitPrice must have at most 4 decimal places.",
            ["lines[1].unitPrice"] = "The field unitPrice must be between 0 and 1000000.",
        });
    }

    [Fact]
    public void Asks_the_contract_itself_once_its_members_are_valid()
    {
        var line = """{ "sku": "SKU-1001", "quantity": 2, "unitPrice": 1 }""";

        var result = Read(GoodOrder.Replace("}],", "}, " + line + "],"));

        AssertErrors(result, new() { ["lines"] = "The SKU 'SKU-1001' stands on more than one line; add the quantities up." });
    }

    [Theory]
    [InlineData("", "The document is empty; send a JSON object.")]
    [InlineData("[]", "The document must be a JSON object; found a list.")]
    [InlineData("null", "The document must be a JSON object; found null.")]
    [InlineData("{\n  \"orderId\": }", "The document is not valid JSON at line 2, byte 14: ")]
    [InlineData("{\"a\":1,}", "The document is not valid JSON at line 1, byte 8: ")]
    [InlineData("{} {}", "The document is not valid JSON at line 1, byte 4: ")]
    public void Says_what_is_wrong_with_the_document(string json, string start)
    {
        var error = Assert.Single(Read(json).Errors);

        Assert.Equal("$", error.Key);
        Assert.StartsWith(start, Assert.Single(error.Value), StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error.Value[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_not_utf8()
    {
        var result = ContractReader.Read(typeof(SubmitOrder), Encoding.Latin1.GetBytes(GoodOrder.Replace("c-1", "Jürgen")));

        AssertErrors(result, new() { ["$"] = "The document is not UTF-8; encode it as UTF-8." });
    }

    [Fact]
    public void Refuses_a_member_that_stands_there_twice()
    {
        var result = Read(GoodOrder.Replace("\"priority\": 9", "\"priority\": 9, \"Priority\": 1"));

        AssertErrors(result, new() { ["priority"] = "priority stands there more than once; keep one." });
    }

    [Theory]
    [InlineData("\\ud800", "a text with half a surrogate pair")]
    [InlineData("a\\u0000b", "a text with the character U+0000")]
    public void Refuses_text_that_no_store_can_keep(string customer, string found)
    {
        AssertErrors(Read(GoodOrder.Replace("c-1", customer)), new() { ["customerId"] = $"customerId must be a text; found {found}." });
    }

    [Fact]
    public void Refuses_a_name_that_is_not_text()
    {
        AssertErrors(Read(GoodOrder.Replace("\"priority\": 9", "\"\\ud800\": 9")), new()
        {
            ["$"] = "The document has a name with half a surrogate pair; write whole characters.",
        });
    }

    [Fact]
    public void Refuses_documents_nested_too_deeply()
    {
        var depth = ContractReader.DepthMax + 1;

        var result = Read($$"""{ "x": {{new string('[', depth)}}{{new string(']', depth)}} }""");

        Assert.Contains("depth", Assert.Single(result.Errors["$"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_after_a_hundred_errors_and_says_so()
    {
        var lines = string.Join(',', Enumerable.Repeat("1", 5_000));

        var result = Read($$"""{ "lines": [{{lines}}] }""");

        Assert.Equal("There may be more errors; the search stopped after 100.", Assert.Single(result.Errors["$"]));
        Assert.Equal(ContractReader.ErrorsMax + 1, result.Errors.Sum(error => error.Value.Length));
    }

    [Fact]
    public void Refuses_a_fraction_that_would_read_as_infinity()
    {
        var result = ContractReader.Read(typeof(CardAssessed), """
            { "workflowId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "idempotencyKey": "k", "fraudScore": 1e999 }
            """u8.ToArray());

        AssertErrors(result, new() { ["fraudScore"] = "fraudScore must be a number; found 1e999." });
    }

    [Fact]
    public void Tells_lists_of_texts_from_lists_of_texts_or_nothing()
    {
        var result = ContractReader.Read(
            typeof(Mixed), """{ "strict": ["a", null], "loose": ["a", null], "map": { "k": { "size": 12 }, "n": 1 } }"""u8.ToArray());

        AssertErrors(result, new()
        {
            ["strict[1]"] = "strict[1] must be a text; found null.",
            ["map.n"] = "n must be a JSON object; found a number.",
        });
    }

    [Fact]
    public void Reads_positional_records_enumerations_times_and_maps()
    {
        var result = ContractReader.Read(typeof(Mixed), """
            { "strict": [], "loose": [null], "map": { "k": { "size": 3 } }, "colour": "green", "at": "2026-01-31T09:15:43Z",
              "day": "2026-01-31" }
            """u8.ToArray());

        Assert.Empty(result.Errors);
        var mixed = Assert.IsType<Mixed>(result.Message);
        Assert.Equal(Colour.Green, mixed.Colour);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 9, 15, 43, TimeSpan.Zero), mixed.At);
        Assert.Equal(new DateOnly(2026, 1, 31), mixed.Day);
        Assert.Equal(3, mixed.Map["k"].Size);
    }

    [Fact]
    public void Checks_the_rules_of_a_maps_values_and_of_positional_records()
    {
        var result = ContractReader.Read(typeof(Mixed), """{ "strict": [], "loose": [], "map": { "k": { "size": 12 } } }"""u8.ToArray());

        AssertErrors(result, new() { ["map.k.size"] = "The field size must be between 1 and 9." });
    }

    [Fact]
    public void Leaves_types_of_their_own_to_their_converter()
    {
        var result = ContractReader.Read(typeof(Odd), """{ "span": "soon" }"""u8.ToArray());

        Assert.Contains("not in a supported TimeSpan format", Assert.Single(result.Errors["span"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Validates_a_message_that_was_deserialized_elsewhere()
    {
        var good = new OrderLine { Sku = "SKU-1001", Quantity = 1, UnitPrice = 1 };
        var order = new SubmitOrder
        {
            OrderId = MassTransit.NewId.NextGuid(),
            CustomerId = "c",
            Currency = "EUR",
            CardToken = "tok",
            Lines = [good, null!, good with { Sku = "SKU-1002", Quantity = 0 }],
        };

        Assert.Equal(["lines[1]", "lines[2].quantity"], ContractReader.Validate(order).Keys);
        Assert.Equal(["lines"], ContractReader.Validate(order with { Lines = null! }).Keys);
        Assert.Empty(ContractReader.Validate(order with { Lines = [good] }));
    }

    [Fact]
    public void Costs_nothing_for_a_contract_without_rules()
    {
        var message = new OrderCancelled { OrderId = MassTransit.NewId.NextGuid(), OrderNumber = "ORDER-1", Reason = "why" };
        ContractReader.Validate(message);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1_000; call++)
            ContractReader.Validate(message);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.False(ContractReader.HasRules(typeof(OrderCancelled)));
        Assert.True(ContractReader.HasRules(typeof(SubmitOrder)));
    }

    [Fact]
    public void Finds_rules_in_contracts_that_hold_themselves()
    {
        var tree = new Tree("root", [new Tree("leaf", []), new Tree("", [])]);

        Assert.Equal(["children[1].name"], ContractReader.Validate(tree).Keys);
    }

    static ContractResult Read(string json) => ContractReader.Read(typeof(SubmitOrder), Encoding.UTF8.GetBytes(json));

    static void AssertErrors(ContractResult result, Dictionary<string, string> expected) =>
        Assert.Equal(
            expected.OrderBy(error => error.Key, StringComparer.Ordinal),
            result.Errors.OrderBy(error => error.Key, StringComparer.Ordinal)
                .ToDictionary(error => error.Key, error => string.Join(" + ", error.Value)));

    enum Colour
    {
        Red,
        Green,
    }

    sealed record Mixed(
        List<string> Strict,
        List<string?> Loose,
        IReadOnlyDictionary<string, Sized> Map,
        Colour Colour = Colour.Red,
        DateTimeOffset? At = null,
        DateOnly? Day = null);

    sealed record Sized([property: Range(1, 9)] int Size);

    sealed record Odd(TimeSpan Span);

    sealed record Tree([property: Required] string Name, IReadOnlyList<Tree> Children);
}
