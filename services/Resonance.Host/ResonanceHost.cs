using Microsoft.Extensions.Options;
using Resonance.Engine.RuleSets;
using Resonance.Engine.Storage;
using Resonance.Gateway;
using Resonance.Gateway.Dashboard;
using Resonance.Gateway.Idempotency;
using Resonance.Workflows;
using Resonance.Workflows.Notifications;

namespace Resonance.Host;

/// <summary>Builds and runs a process of Resonance.</summary>
static class ResonanceHost
{
    const string Usage = """
        Usage: Resonance.Host [verb] [--demo] [--Section:Key value ...]

          (no verb)   runs the roles of Resonance:Roles until stopped
          migrate     brings the schema up to date and ends
          check       ends with 0 when this build can go on with every instance that has not ended, otherwise with 1
          audit rebuild
                      computes the audit's figures anew from the journal, while everything else goes on
          audit archive DAYS
                      moves the journals of instances that ended so long ago to compressed files that verify by themselves
          audit verify-archive FILE...
                      verifies such files without any database
          verify [--workflow ID] [--checkpoint FILE]...
                      verifies journal, ledger and checkpoints; ends with 0 when all agrees, with 1 when not, with 2 when it could not tell
          keys add NAME --role viewer|operator|admin [--expires DAYS]
          keys list
          keys revoke ID
                      makes an API key and shows it once; lists keys; makes one worth nothing
          health      ends with 0 when the process at ASPNETCORE_URLS is ready, otherwise with 1

          --demo      submits a steady stream of orders; see the settings Demo:OrdersPerSecond, Demo:Orders, ...
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var verb = args is [{ } first, ..] && !first.StartsWith('-') ? first : null;
        try
        {
            switch (verb)
            {
                case null:
                    await StartPhase.RunAsync(Build(args));
                    return 0;
                case "migrate":
                    await using (var app = Build(args[1..]))
                        await app.Services.GetRequiredService<SchemaStartup>().MigrateAsync(CancellationToken.None);
                    Console.WriteLine("The schema is up to date.");
                    return 0;
                case "check":
                    await using (var app = Build(args[1..]))
                        return await CheckVerb.RunAsync(app.Services, CancellationToken.None);
                case "audit":
                    return await AuditVerb.RunAsync(args[1..], rest => Build(rest), CancellationToken.None);
                case "keys":
                    return await KeysVerb.RunAsync(args[1..], rest => Build(rest), CancellationToken.None);
                case "verify":
                    return await VerifyVerb.RunAsync(args[1..], CancellationToken.None);
                case "health":
                    return await HealthVerb.RunAsync(args[1..]);
                default:
                    Console.Error.WriteLine($"There is no verb '{verb}'.{Environment.NewLine}{Usage}");
                    return 2;
            }
        }
        catch (Exception exception) when (Refusals.Tell(exception) is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal);
            return Refusals.ExitCode;
        }
    }

    /// <summary>Builds the process as configured.</summary>
    /// <param name="args">Command line after the verb.</param>
    /// <param name="configure">Changes the builder after everything else; tests put faults in here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var demo = args.Contains("--demo");
        var builder = WebApplication.CreateBuilder([.. args.Where(argument => argument != "--demo")]);
        if (builder.Configuration["urls"] is null)
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        CheckAddresses(builder.Configuration["urls"]);

        var options = Validated<ResonanceOptions>(builder, ResonanceOptions.Section);
        HostLogging.Configure(builder);
        HostTelemetry.Configure(builder, options);
        HostStore.Configure(builder, options);
        HostAccess.Configure(builder, options);
        HostBus.Configure(builder, options);
        Validated<RuleSetOptions>(builder, RuleSetOptions.Section);
        Validated<SmtpOptions>(builder, SmtpOptions.Section);
        Validated<WebhookOptions>(builder, WebhookOptions.Section);
        builder.Services.AddResonanceWorkflows(Validated<WorkflowTimes>(builder, "Workflows"));
        if (options.DefaultSchedules)
            builder.Services.AddResonanceSchedules();
        builder.Services.AddHostedService<StartupNotes>();
        if (options.Trail)
            builder.Services.AddHostedService<ConsoleTrail>();
        if (demo)
        {
            builder.Services.AddSingleton(Validated<DemoOptions>(builder, DemoOptions.Section));
            builder.Services.AddHostedService<DemoOrders>();
        }

        Validated<ObservabilityOptions>(builder, ObservabilityOptions.Section);
        Validated<IdempotencyOptions>(builder, IdempotencyOptions.Section);
        if (options.RoleSet.Contains("gateway"))
            AddDashboard(builder);
        configure?.Invoke(builder);

        var app = builder.Build();
        if (options.RoleSet.Contains("gateway"))
        {
            app.MapResonanceGateway();
            app.MapResonanceDashboard();
        }
        else
        {
            app.MapResonanceHealth();
        }

        return app;
    }

    static void AddDashboard(WebApplicationBuilder builder)
    {
        // What was built and not published finds the files of its libraries by a manifest, which is read in development only, unless asked for.
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddResonanceDashboard();
    }

    static void CheckAddresses(string? urls)
    {
        foreach (var address in urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            try
            {
                BindingAddress.Parse(address);
            }
            catch (FormatException)
            {
                throw new OptionsValidationException(
                    "urls", typeof(string), [$"ASPNETCORE_URLS: '{address}' is no address; write e.g. http://127.0.0.1:5080."]);
            }
        }
    }

    static T Read<T>(IConfigurationSection settings, string section) where T : class, new()
    {
        try
        {
            return settings.Get<T>() ?? new T();
        }
        catch (InvalidOperationException wrong)
        {
            // It names the setting and its value; what it takes is in the document.
            throw new OptionsValidationException(section, typeof(T), [$"{wrong.Message} docs/operations.md tells which values it takes."]);
        }
    }

    /// <summary>Binds a section and refuses to go on when a value is out of its range.</summary>
    internal static T Validated<T>(WebApplicationBuilder builder, string section) where T : class, new()
    {
        var options = Read<T>(builder.Configuration.GetSection(section), section);
        var results = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
        if (!System.ComponentModel.DataAnnotations.Validator.TryValidateObject(
                options, new System.ComponentModel.DataAnnotations.ValidationContext(options), results, validateAllProperties: true))
        {
            throw new OptionsValidationException(
                section, typeof(T), results.Select(result => $"{section}:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        }

        builder.Services.AddSingleton(options);
        return options;
    }
}
