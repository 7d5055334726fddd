using Microsoft.Extensions.Logging.Console;

namespace Resonance.Host;

/// <summary>Logs go to standard error, so that standard output is the audit trail and nothing else.</summary>
static class HostLogging
{
    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.TimestampFormat = "[HH:mm:ss.fff] ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // A start that fails is told by whoever started: in a sentence when that says what to change, and with its stack trace otherwise.
        var start = new StartPhase();
        builder.Services.AddSingleton(start);
        builder.Logging.AddFilter<ConsoleLoggerProvider>(
            "Microsoft.Extensions.Hosting.Internal.Host", level => level >= (start.IsOver ? LogLevel.Warning : LogLevel.Critical));
        builder.Logging.AddFilter<ConsoleLoggerProvider>("MassTransit", level => level >= LogLevel.Warning && !start.WasRefused);
        builder.Logging.AddFilter("MassTransit", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
    }
}
