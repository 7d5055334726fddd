using System.Diagnostics;

namespace Resonance.AcceptanceTests.Support;

/// <summary>The lines that a process prints, on both streams in the order of their arrival, and waiting for one of them.</summary>
sealed class ProcessOutput
{
    const int TailLines = 60;

    readonly Lock _lock = new();
    readonly List<string> _lines = [];
    readonly List<(Func<string, bool> Predicate, TaskCompletionSource<string> Found)> _waiting = [];
    int _openStreams = 2;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>Starts the process with both streams connected.</summary>
    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, received) => Add(received.Data);
        process.ErrorDataReceived += (_, received) => Add(received.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public async Task<string> WaitForLineAsync(Func<string, bool> predicate, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            // Under the same lock as arrivals: no line can come between the look back and the wait.
            if (_lines.Find(line => predicate(line)) is { } line)
                return line;
            if (_openStreams == 0)
                throw Ended();
            _waiting.Add((predicate, found));
        }

        try
        {
            return await found.Task.WaitAsync(timeout, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The line did not come within {timeout.TotalSeconds:0.#} s.\n{Tail()}", late);
        }
    }

    public string Tail()
    {
        var lines = Lines;
        return $"Its last lines of {lines.Count}:\n{string.Join('\n', lines.Skip(lines.Count - TailLines))}";
    }

    void Add(string? line)
    {
        lock (_lock)
        {
            if (line is null)
            {
                // Each stream ends with one null; after the second no line can come any more.
                if (--_openStreams == 0)
                    _waiting.ForEach(waiting => waiting.Found.TrySetException(Ended()));
                return;
            }

            _lines.Add(line);
            _waiting.ForEach(waiting => Offer(line, waiting.Predicate, waiting.Found));
            _waiting.RemoveAll(waiting => waiting.Found.Task.IsCompleted);
        }
    }

    static void Offer(string line, Func<string, bool> predicate, TaskCompletionSource<string> found)
    {
        try
        {
            if (predicate(line))
                found.TrySetResult(line);
        }
        catch (Exception mistake)
        {
            // It belongs to the test that waits; on this thread it would end the whole run.
            found.TrySetException(mistake);
        }
    }

    InvalidOperationException Ended() => new($"The process ended without printing the line.\n{Tail()}");
}
