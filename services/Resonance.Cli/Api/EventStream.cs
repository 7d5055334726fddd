using System.Text;

namespace Resonance.Cli.Api;

/// <param name="Id">Where to go on after it; null when the server said none.</param>
/// <param name="Data">Null for an event that only moves the place on.</param>
sealed record StreamEvent(string? Id, string? Data);

/// <summary>Reads server-sent events as the HTML standard has them, one at a time.</summary>
static class EventStream
{
    /// <returns>Events until the server, or the network, ends the stream.</returns>
    public static async IAsyncEnumerable<StreamEvent> ReadAsync(
        StreamReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? id = null;
        var data = new StringBuilder();
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                // A block that was not finished is not an event: its id must not count.
                if (id is not null || data.Length > 0)
                    yield return new StreamEvent(id, data.Length == 0 ? null : data.ToString(0, data.Length - 1));
                id = null;
                data.Clear();
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            value = value.StartsWith(' ') ? value[1..] : value;
            if (field == "id")
                id = value;
            else if (field == "data")
                data.Append(value).Append('\n');
        }
    }

    static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // A cut connection ends the stream as the server's own end does.
            return null;
        }
    }
}
