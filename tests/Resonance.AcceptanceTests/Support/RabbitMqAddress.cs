namespace Resonance.AcceptanceTests.Support;

/// <summary>Where a RabbitMQ listens, and the user that may create virtual hosts on it.</summary>
sealed record RabbitMqAddress(string Host, int Port, string UserName, string Password, Uri Management)
{
    /// <param name="amqp">For example <c>amqp://guest:guest@127.0.0.1:5672/</c>.</param>
    /// <param name="management">
    /// For example <c>http://guest:guest@127.0.0.1:15672</c>; the user is taken from <paramref name="amqp"/>.
    /// </param>
    public static RabbitMqAddress Parse(string amqp, string management)
    {
        var address = new Uri(amqp);
        var user = address.UserInfo.Split(':', 2);
        if (address.Scheme != "amqp" || user.Length != 2)
            throw new FormatException($"'{amqp}' is not of the form amqp://user:password@host:port/.");

        var root = new UriBuilder(management) { UserName = "", Password = "", Path = "/" }.Uri;
        var port = address.Port < 0 ? 5672 : address.Port;
        return new(address.Host, port, Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user[1]), root);
    }
}
