namespace Resonance.Cli;

/// <summary>What the process ends with. Scripts rely on them: a number keeps its meaning.</summary>
static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The answer is no: the server refused, a check failed, something is unhealthy.</summary>
    public const int Refused = 1;

    /// <summary>The command line, or a value in it, makes no sense.</summary>
    public const int WrongUsage = 2;

    public const int Unreachable = 3;

    public const int NotAuthorised = 4;

    public const int NotFound = 5;

    /// <summary>The server failed, or its answer cannot be read.</summary>
    public const int ServerFailed = 6;

    /// <summary>Ctrl+C.</summary>
    public const int Interrupted = 130;

    public const string Help =
        """
        Exit codes:
          0  done
          1  refused, or the answer is no: an action is not allowed now, verification failed, unhealthy
          2  wrong usage: the command line or a value in it makes no sense
          3  the server cannot be reached
          4  not authorised: the key is missing, unknown, or of a role that may not do this
          5  not found
          6  the server failed, or its answer cannot be read
          130  interrupted by Ctrl+C
        """;
}
