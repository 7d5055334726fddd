using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Resonance.Audit.Checkpoints;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.RuleSets;

namespace Resonance.Host;

/// <summary>Reasons for which the process does not start, and which a person can put right by what they say.</summary>
static class Refusals
{
    /// <summary>The exit code of a start that was refused.</summary>
    public const int ExitCode = 2;

    /// <returns>What to tell; null for what is no refusal but a fault, whose stack trace is wanted.</returns>
    public static string? Tell(Exception exception) => exception switch
    {
        OptionsValidationException refused => string.Join(Environment.NewLine, refused.Failures),
        WorkflowDefinitionException or WorkflowUpgradeException or RuleSetException or AuditKeyException => exception.Message,
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message} Another process listens there; choose another address with ASPNETCORE_URLS.",
        SocketException => $"The process cannot listen where ASPNETCORE_URLS says: {exception.Message}. Choose another address.",
        _ => null,
    };
}
