using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Resonance.Gateway;
using Resonance.Gateway.Access;

namespace Resonance.Host;

/// <summary>Who may use the gateway.</summary>
static class HostAccess
{
    const string KeyFolder = "cookies";

    public static void Configure(WebApplicationBuilder builder, ResonanceOptions options)
    {
        var access = ResonanceHost.Validated<AccessOptions>(builder, AccessOptions.Section);
        builder.Services.AddResonanceGateway(access);
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        if (!options.RoleSet.Contains("gateway"))
            return;

        builder.Services.AddResonanceAccessCheck();

        // Kept, so that a restart signs nobody out. Whoever can read the folder can make cookies, and could read the store beside it as well.
        builder.Services.AddDataProtection()
            .SetApplicationName("resonance")
            .PersistKeysToFileSystem(FolderFor(options.DataDirectory));
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    static DirectoryInfo FolderFor(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, KeyFolder);
        try
        {
            return OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(path)
                : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(
                ResonanceOptions.Section, typeof(ResonanceOptions),
                [$"Resonance:DataDirectory: '{dataDirectory}' cannot be written to: {exception.Message}"]);
        }
    }
}
