using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Resonance.AcceptanceTests.Support;

/// <summary>Waits for what another process will have done: asks again until the answer is right, and says what it saw last.</summary>
static class Eventually
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The default deadline: far above what a slow machine needs, since only a failing test waits for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks <paramref name="question"/> until <paramref name="isRight"/> accepts the answer, and gives that answer.</summary>
    /// <remarks>
    /// An exception from the question counts as an answer that is not right, since a server that is coming up refuses connections,
    /// and is told at the end. One from <paramref name="isRight"/>, an assertion for example, is a mistake of the test and goes up.
    /// </remarks>
    /// <exception cref="TimeoutException">The deadline passed; the message has the condition and the last answer.</exception>
    public static async Task<T> SeeAsync<T>(
        Func<CancellationToken, Task<T>> question,
        Func<T, bool> isRight,
        CancellationToken cancellationToken,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(isRight))] string condition = "")
    {
        var patience = within ?? Patience;
        var started = TimeProvider.System.GetTimestamp();
        using var deadline = new CancellationTokenSource(patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var lastSeen = "nothing, as no question was answered";
        Exception? lastFailure = null;
        while (true)
        {
            var answered = false;
            T answer = default!;
            try
            {
                answer = await question(either.Token);
                answered = true;
            }
            catch (Exception failure) when (!either.IsCancellationRequested)
            {
                (lastSeen, lastFailure) = ($"{failure.GetType().Name}: {failure.Message}", failure);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The deadline came while the question was open; what was seen before it tells more than its cancellation.
            }

            if (answered && isRight(answer))
                return answer;
            if (answered)
                (lastSeen, lastFailure) = (Describe(answer), null);
            if (TimeProvider.System.GetElapsedTime(started) + Pause >= patience)
                throw new TimeoutException($"Not within {patience.TotalSeconds:0.#} s: {condition}\nLast seen: {lastSeen}", lastFailure);
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    static string Describe<T>(T answer)
    {
        if (answer is null or string or IFormattable or HttpResponseMessage)
            return answer?.ToString() ?? "null";
        try
        {
            return JsonSerializer.Serialize(answer);
        }
        catch (NotSupportedException)
        {
            // Not every answer has a JSON form, and a failure's message may not fail.
            return answer.ToString() ?? "null";
        }
    }
}
