using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace Resonance.Tests.Support;

/// <summary>
/// A mail server on loopback that speaks as much SMTP as a client needs and keeps what arrived. It can be down (nothing listens), turn a
/// number of clients away, and refuse a recipient.
/// </summary>
sealed class SmtpServer : IAsyncDisposable
{
    readonly CancellationTokenSource _stopping = new();
    readonly Lock _lock = new();
    readonly List<MimeMessage> _mails = [];
    readonly List<Task> _conversations = [];
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    Task _listening = Task.CompletedTask;
    int _connections;

    // Bound without listening refuses clients, and keeps the port from everybody else.
    SmtpServer() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>So many clients are turned away with 421 before one is served.</summary>
    public int TurnsAway { get; init; }

    /// <summary>Recipients that are answered with 550.</summary>
    public string? Refuses { get; init; }

    /// <summary>The mails that were accepted.</summary>
    public IReadOnlyList<MimeMessage> Mails
    {
        get
        {
            lock (_lock)
                return [.. _mails];
        }
    }

    /// <summary>Clients that came, those turned away included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A server that listens on a free port.</summary>
    public static SmtpServer Start(int turnsAway = 0, string? refuses = null)
    {
        var server = Down(turnsAway, refuses);
        server.Listen();
        return server;
    }

    /// <summary>A server that has a port and does not listen yet.</summary>
    public static SmtpServer Down(int turnsAway = 0, string? refuses = null) => new() { TurnsAway = turnsAway, Refuses = refuses };

    /// <summary>Comes up.</summary>
    public void Listen()
    {
        _socket.Listen();
        _listening = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _listening;
        await Task.WhenAll(_conversations);
        _stopping.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _socket.AcceptAsync(_stopping.Token);
                _conversations.Add(TalkAsync(client, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task TalkAsync(Socket client, int number)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        // Latin 1 keeps every byte, whatever encoding a mail has.
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        try
        {
            if (number <= TurnsAway)
                await writer.WriteLineAsync("421 closed for now");
            else
                await ServeAsync(reader, writer);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client hung up, or the test is over.
        }
    }

    async Task ServeAsync(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("220 localhost ready");
        while (await reader.ReadLineAsync(_stopping.Token) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            if (verb == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                await KeepAsync(reader);
            }

            await writer.WriteLineAsync(verb switch
            {
                "EHLO" => "250-localhost\r\n250 8BITMIME",
                "QUIT" => "221 goodbye",
                "RCPT" when Refuses is { } refused && line.Contains(refused, StringComparison.OrdinalIgnoreCase) => "550 no such mailbox",
                "MAIL" or "RCPT" or "DATA" or "RSET" or "NOOP" or "HELO" => "250 fine",
                _ => "502 not known here",
            });
            if (verb == "QUIT")
                return;
        }
    }

    async Task KeepAsync(StreamReader reader)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(_stopping.Token) is { } line && line != ".")
            content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");

        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(content.ToString()));
        var mail = await MimeMessage.LoadAsync(bytes, _stopping.Token);
        lock (_lock)
            _mails.Add(mail);
    }
}
