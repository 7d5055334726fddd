using Microsoft.AspNetCore.DataProtection;
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
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.DataDirectory, KeyFolder)));
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }
}
