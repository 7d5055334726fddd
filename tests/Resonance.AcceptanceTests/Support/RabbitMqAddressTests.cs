using Xunit;

namespace Resonance.AcceptanceTests.Support;

public sealed class RabbitMqAddressTests
{
    [Fact]
    public void An_address_has_its_user_without_the_escapes_of_a_uri() =>
        Assert.Equal(
            new RabbitMqAddress("broker", 5672, "guest", "p@ss", new Uri("http://broker:15672/")),
            RabbitMqAddress.Parse("amqp://guest:p%40ss@broker/", "http://guest:p%40ss@broker:15672"));

    [Theory]
    [InlineData("http://guest:guest@broker/")]
    [InlineData("amqp://broker/")]
    public void An_address_that_is_none_is_refused(string amqp)
    {
        var refusal = Assert.Throws<FormatException>(() => RabbitMqAddress.Parse(amqp, "http://broker:15672"));

        Assert.Contains("amqp://user:password@host", refusal.Message, StringComparison.Ordinal);
    }
}
