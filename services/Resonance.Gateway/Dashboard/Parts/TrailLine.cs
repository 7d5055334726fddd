using Resonance.Audit.Trail;

namespace Resonance.Gateway.Dashboard.Parts;

/// <summary>A line of the audit trail, cut where the page sets its parts apart.</summary>
sealed record TrailLine(long Number, Guid WorkflowId, string Key, string Time, string Level, string Text)
{
    /// <param name="number">Tells the lines of a page apart.</param>
    /// <param name="step">Whose line it is.</param>
    /// <param name="line">E.g. <c>[09:15:43.105] [INFO] Workflow ORDER-12401 transitioned from PENDING to PROCESSING.</c></param>
    public static TrailLine Of(long number, TrailStep step, string line)
    {
        var parts = line.Split("] ", 3);
        var said = $"Workflow {step.Key} ";
        return parts is [['[', .. var time], ['[', .. var level], var text] && text.StartsWith(said, StringComparison.Ordinal)
            ? new TrailLine(number, step.WorkflowId, step.Key, time, level, text[said.Length..])
            : new TrailLine(number, step.WorkflowId, step.Key, "", "INFO", line);
    }
}
