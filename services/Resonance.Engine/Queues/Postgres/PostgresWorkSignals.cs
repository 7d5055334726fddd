using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.Engine.Queues.Postgres;

/// <summary>Signals that cross processes, by Postgres' own notifications.</summary>
/// <remarks>
/// Told after the commit and not within it: a notification in a transaction would have all commits of the database wait for one another.
/// What a process does not live to tell, those who wait find when their wait ends. Listening begins with the first one who waits.
/// </remarks>
sealed class PostgresWorkSignals(PostgresConnections connections, TimeProvider time, ILogger<PostgresWorkSignals> log) : WorkSignals, IAsyncDisposable
{
    const string Channel = "resonance_work";
    static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource _stopping = new();
    readonly HashSet<string> _untold = new(StringComparer.Ordinal);
    readonly Channel<bool> _wake = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    readonly Lock _lock = new();
    Task? _telling;
    Task? _listening;
    TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc />
    public override async Task ListenAsync(string queue)
    {
        lock (_lock)
            _listening ??= Task.Run(ListenAsync);

        // Whoever looks at the store before this process listens may miss what comes between the two.
        await _connected.Task.WaitAsync(_stopping.Token).ConfigureAwait(false);
        await base.ListenAsync(queue).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override void Tell(string queue)
    {
        Wake(queue);
        lock (_lock)
        {
            _untold.Add(queue);
            _telling ??= Task.Run(TellAsync);
        }

        _wake.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var task in new[] { _telling, _listening })
        {
            if (task is not null)
                await task.ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    async Task TellAsync()
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                string[] queues;
                lock (_lock)
                {
                    queues = [.. _untold];
                    _untold.Clear();
                }

                await TryAsync(() => NotifyAsync(queues)).ConfigureAwait(false);
                await Task.Delay(Rest, time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    async Task NotifyAsync(string[] queues)
    {
        await using var connection = await connections.OpenAsync(_stopping.Token).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT pg_notify($1, q) FROM unnest($2::text[]) q", connection);
        command.Parameters.AddText(Channel);
        command.Parameters.AddColumn(NpgsqlTypes.NpgsqlDbType.Text, queues, queue => queue);
        await command.ExecutePreparedAsync(_stopping.Token).ConfigureAwait(false);
    }

    async Task ListenAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await TryAsync(ListenOnceAsync).ConfigureAwait(false);

            // While nobody listens everybody looks for himself.
            WakeAll();
        }
    }

    async Task ListenOnceAsync()
    {
        try
        {
            await using var connection = await connections.OpenAsync(_stopping.Token).ConfigureAwait(false);
            connection.Notification += (_, told) => Wake(told.Payload);
            await using (var command = new NpgsqlCommand($"LISTEN {Channel}", connection))
                await command.ExecuteNonQueryAsync(_stopping.Token).ConfigureAwait(false);
            _connected.TrySetResult();
            try
            {
                while (true)
                    await connection.WaitAsync(_stopping.Token).ConfigureAwait(false);
            }
            finally
            {
                // The connection goes back to its pool and must not listen there.
                if (connection.FullState == System.Data.ConnectionState.Open)
                {
                    await using var quiet = new NpgsqlCommand("UNLISTEN *", connection);
                    await quiet.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Disposed.
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or TimeoutException)
        {
            QueueLog.SignalsInterrupted(log, exception.Message);
            try
            {
                await Task.Delay(Retry, time, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Disposed.
            }
        }
    }
}
