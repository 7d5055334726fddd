namespace Resonance.Host;

/// <summary>How far a start has come. Console logs heed it, so that a refused start tells its reason and nothing else.</summary>
sealed class StartPhase
{
    volatile bool _over;
    volatile bool _refused;

    /// <summary>Whether the process runs.</summary>
    public bool IsOver => _over;

    /// <summary>Whether it ends before it ran, for a reason that is told in a sentence.</summary>
    public bool WasRefused => _refused;

    /// <summary>The process runs.</summary>
    public void End() => _over = true;

    /// <summary>Starts a process and waits until it is stopped.</summary>
    public static async Task RunAsync(WebApplication app)
    {
        await using (app)
        {
            var phase = app.Services.GetRequiredService<StartPhase>();
            try
            {
                await app.StartAsync();
            }
            catch (Exception exception) when (Refusals.Tell(exception) is not null)
            {
                // What was begun is taken back now, and has nothing to say.
                phase._refused = true;
                throw;
            }

            await app.WaitForShutdownAsync();
        }
    }
}
