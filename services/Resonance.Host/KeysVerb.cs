using System.Data.Common;
using System.Globalization;
using Resonance.Engine.Storage;
using Resonance.Gateway.Access;

namespace Resonance.Host;

/// <summary>Makes, lists and revokes API keys in the store, without starting anything.</summary>
static class KeysVerb
{
    const string Usage =
        """
        Usage: Resonance.Host keys add NAME --role viewer|operator|admin [--expires DAYS]   [--Section:Key value ...]
               Resonance.Host keys list                                                     [--Section:Key value ...]
               Resonance.Host keys revoke ID                                                [--Section:Key value ...]
        """;

    const string TimeFormat = "yyyy-MM-dd HH:mm";

    /// <returns>0 when it is done, 1 when there is a key with that name, or none with that id, 2 when it could not be done.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build, CancellationToken cancellationToken)
    {
        switch (args)
        {
            case ["add", not ['-', ..], ..]:
                {
                    var (asked, settings, complaint) = Parse(args[1], args[2..]);
                    return complaint is null
                        ? await InAsync(build(settings), services => AddAsync(services, asked!, cancellationToken), cancellationToken)
                        : Complain(complaint);
                }

            case ["list", ..]:
                return await InAsync(build(args[1..]), services => ListAsync(services, cancellationToken), cancellationToken);
            case ["revoke", not ['-', ..], ..]:
                return await InAsync(build(args[2..]), services => RevokeAsync(services, args[1], cancellationToken), cancellationToken);
            default:
                return Complain(Usage);
        }
    }

    /// <summary>Takes the verb's own arguments out; what is left is configuration.</summary>
    internal static (Asked? Key, string[] Settings, string? Complaint) Parse(string name, string[] args)
    {
        Role? role = null;
        TimeSpan? life = null;
        var settings = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is not ("--role" or "--expires"))
            {
                settings.Add(args[i]);
                continue;
            }

            var value = i + 1 < args.Length ? args[++i] : "";
            if (args[value.Length == 0 ? i : i - 1] == "--role")
            {
                role = RoleNames.Find(value);
                if (role is null)
                    return (null, [], $"--role must be one of {string.Join(", ", RoleNames.All)}; found '{value}'.");
            }
            else if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= ApiKey.DaysMax)
            {
                life = TimeSpan.FromDays(days);
            }
            else
            {
                return (null, [], $"--expires must be a number of days, 1 to {ApiKey.DaysMax}; found '{value}'.");
            }
        }

        return role is null ? (null, [], $"--role is needed: one of {string.Join(", ", RoleNames.All)}.")
            : ApiKey.WhyNoName(name) is { } problem ? (null, [], problem)
            : (new Asked(name, role.Value, life), [.. settings], null);
    }

    static async Task<int> InAsync(WebApplication process, Func<IServiceProvider, Task<int>> action, CancellationToken cancellationToken)
    {
        await using (process)
        {
            try
            {
                if (process.Services.GetRequiredService<SchemaOptions>().Migrate)
                    await process.Services.GetRequiredService<SchemaStartup>().MigrateAsync(cancellationToken);
                return await action(process.Services);
            }
            catch (Exception exception) when (exception is DbException or SchemaOutOfDateException or IOException or UnauthorizedAccessException)
            {
                return Complain($"The keys stay as they are: {exception.Message}");
            }
        }
    }

    static async Task<int> AddAsync(IServiceProvider services, Asked asked, CancellationToken cancellationToken)
    {
        var made = await services.GetRequiredService<ApiKeys>().AddAsync(
            asked.Name, asked.Role, asked.Life, $"{Environment.UserName} (console)", cancellationToken);
        if (made is not var (key, text))
        {
            Console.Error.WriteLine(
                $"There is a key with the name '{asked.Name}' that is not revoked. Choose another name, or revoke that key first.");
            return 1;
        }

        // The key alone, so that a script can keep it; everything else is for people.
        Console.WriteLine(text);
        Console.Error.WriteLine(
            $"Key {key.Id} '{key.Name}' has the role {RoleNames.Of(key.Role)} and {Until(key)}. Keep it now: it is shown this once, and nobody " +
            "can tell it again. Running processes take it within seconds.");
        return 0;
    }

    static async Task<int> ListAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var key in await services.GetRequiredService<ApiKeys>().ListAsync(cancellationToken))
        {
            var state = key.RevokedAt is { } revoked ? $"revoked {Text(revoked)}" : key.IsLive(now) ? Until(key) : $"expired {Text(key.ExpiresAt!.Value)}";
            Console.WriteLine($"{key.Id}  {RoleNames.Of(key.Role),-8}  {key.Name}  (made {Text(key.CreatedAt)} by {key.CreatedBy}; {state})");
        }

        return 0;
    }

    static async Task<int> RevokeAsync(IServiceProvider services, string id, CancellationToken cancellationToken)
    {
        if (!await services.GetRequiredService<ApiKeys>().RevokeAsync(id, cancellationToken))
        {
            Console.Error.WriteLine($"There is no key with the id '{id}'. 'Resonance.Host keys list' shows them.");
            return 1;
        }

        Console.WriteLine($"Key {id} is revoked. Running processes refuse it within seconds.");
        return 0;
    }

    static int Complain(string complaint)
    {
        Console.Error.WriteLine(complaint);
        return 2;
    }

    static string Until(ApiKey key) => key.ExpiresAt is { } expires ? $"expires {Text(expires)}" : "does not expire";

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A key that is wanted.</summary>
    internal sealed record Asked(string Name, Role Role, TimeSpan? Life);
}
