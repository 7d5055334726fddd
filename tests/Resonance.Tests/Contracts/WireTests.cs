using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using MassTransit;
using Resonance.Contracts;
using Resonance.Contracts.Orders;
using Resonance.Engine.Delivery;
using Resonance.Tests.Approved;
using Xunit;

namespace Resonance.Tests.Contracts;

/// <summary>The wire: names and JSON of every contract. What changes here breaks whoever publishes or consumes.</summary>
public sealed class WireTests
{
    static IEnumerable<Type> Messages => typeof(SubmitOrder).Assembly.GetExportedTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && !typeof(Attribute).IsAssignableFrom(type))
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    [Fact]
    public Task Names_and_members_are_those_that_were_approved()
    {
        var text = new StringBuilder();
        foreach (var type in Messages)
        {
            text.Append(MessageUrn.ForTypeString(type)).Append('\n');
            foreach (var member in type.GetProperties().OrderBy(member => member.Name, StringComparer.Ordinal))
            {
                var name = JsonNamingPolicy.CamelCase.ConvertName(member.Name);
                var required = member.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is null ? "?" : "";
                text.Append("    ").Append(name).Append(required).Append(": ").Append(Name(member.PropertyType)).Append('\n');
            }
        }

        return ApprovedFile.AssertAsync("contracts.txt", text.ToString(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Every_contract_is_a_sealed_record_in_a_namespace_of_its_workflow()
    {
        Assert.All(Messages, type =>
        {
            Assert.True(type.IsSealed, $"{type.Name} must be sealed");
            Assert.NotNull(type.GetMethod("<Clone>$"));
            Assert.StartsWith("Resonance.Contracts.", type.Namespace);
        });
    }

    [Fact]
    public void An_order_is_written_as_bare_JSON()
    {
        var order = new SubmitOrder
        {
            OrderId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
            CustomerId = "customer-1",
            Currency = "EUR",
            Lines = [new OrderLine { Sku = "SKU-1001", Quantity = 2, UnitPrice = 9.50m }],
            CardToken = "tok_visa",
        };

        Assert.Equal(
            """{"orderId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","customerId":"customer-1","currency":"EUR","lines":[{"sku":"SKU-1001","quantity":2,"unitPrice":9.50}],"cardToken":"tok_visa"}""",
            JsonSerializer.Serialize(order, ContractSerializer.Options));
    }

    [Fact]
    public void A_number_is_not_written_as_text() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<OrderLine>(
        """{"sku":"SKU-1001","quantity":"2","unitPrice":9.50}""", ContractSerializer.Options));

    [Theory]
    [InlineData("EUR", true)]
    [InlineData("XOF", true)]
    [InlineData("eur", false)]
    [InlineData("EURO", false)]
    [InlineData("XXX", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_currency_is_a_code_of_ISO_4217(string? code, bool valid) => Assert.Equal(valid, new CurrencyCodeAttribute().IsValid(code));

    [Fact]
    public void A_SKU_stands_on_one_line_only()
    {
        var line = new OrderLine { Sku = "SKU-1001", Quantity = 1, UnitPrice = 1 };
        var order = Support.Orders.Good() with { Lines = [line, line] };

        var result = Assert.Single(order.Validate(new ValidationContext(order)));

        Assert.Contains("SKU-1001", result.ErrorMessage);
    }

    static string Name(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } underlying => Name(underlying) + "?",
        { IsGenericType: true } when type.GetGenericArguments() is [var key, var value] => $"{{{Name(key)}: {Name(value)}}}",
        { IsGenericType: true } => $"[{Name(type.GetGenericArguments()[0])}]",
        _ => type.Name,
    };
}
