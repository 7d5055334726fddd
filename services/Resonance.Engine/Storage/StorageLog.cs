using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Storage;

static partial class StorageLog
{
    [LoggerMessage(2001, LogLevel.Information, "The schema script {Script} has run.")]
    public static partial void SchemaScriptRun(this ILogger log, string script);

    [LoggerMessage(2002, LogLevel.Warning, "The role {Role} could not be created or granted: {Reason}.")]
    public static partial void RoleRefused(this ILogger log, string role, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "The role {Role} does not exist or cannot be used: the application works as the "
        + "connecting user, and only a trigger guards the journal. Run the migration as a user that may create roles.")]
    public static partial void RoleMissing(this ILogger log, string role);
}
