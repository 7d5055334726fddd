using System.Diagnostics;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Workers;

/// <summary>One delivery of a command to its worker, as it is measured and shown.</summary>
sealed class WorkerAttempt : IDisposable
{
    readonly string _command;
    readonly Activity? _span;
    readonly long _begun = TimeProvider.System.GetTimestamp();
    string _outcome = "error";

    WorkerAttempt(string command, Activity? span)
    {
        _command = command;
        _span = span;
    }

    public static WorkerAttempt Begin<TCommand>(TCommand command) where TCommand : class, IActivityCommand
    {
        var name = typeof(TCommand).Name;
        var span = ResonanceTelemetry.Source.StartActivity($"work {name}");
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(ResonanceTelemetry.CommandTag, name).SetTag(ResonanceTelemetry.WorkflowIdTag, command.WorkflowId.ToString());

            // The engine's keys are {workflow id}/{activity}/{execution}; who sends commands without it makes keys as he likes.
            if (command.IdempotencyKey?.Split('/') is [_, var activity, _])
                span.SetTag(ResonanceTelemetry.ActivityTag, activity);
        }

        return new WorkerAttempt(name, span);
    }

    /// <summary>Tells the attempt that is under way how often its command has been delivered.</summary>
    public static void Counted(long deliveries)
    {
        if (Activity.Current is { IsAllDataRequested: true } span && span.Source == ResonanceTelemetry.Source)
            span.SetTag(ResonanceTelemetry.AttemptTag, deliveries);
    }

    public void Answered(IActivityReply? reply)
    {
        _outcome = reply switch
        {
            null => "silent",
            ActivityFailed { NonRetryable: true } => "refused",
            ActivityFailed => "failed",
            _ => "replied",
        };
        if (reply is ActivityFailed failed && _span is { IsAllDataRequested: true })
            _span.SetTag(ResonanceTelemetry.ErrorTag, failed.ErrorKind);
    }

    public void Failed(Exception exception)
    {
        if (_span is not { IsAllDataRequested: true })
            return;

        _span.AddException(exception);
        _span.SetTag(ResonanceTelemetry.ErrorTag, exception.GetType().FullName).SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    public void Dispose()
    {
        if (_span is { IsAllDataRequested: true })
            _span.SetTag(ResonanceTelemetry.WorkerOutcomeTag, _outcome);
        _span?.Dispose();
        ResonanceMetrics.WorkerEnded(_command, _outcome, TimeProvider.System.GetElapsedTime(_begun));
    }
}
