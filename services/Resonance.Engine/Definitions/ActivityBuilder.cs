using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Recovery;

namespace Resonance.Engine.Definitions;

/// <summary>Declares an activity.</summary>
public sealed class ActivityBuilder<TInstance, TCommand, TReply>
    where TInstance : WorkflowInstance
    where TCommand : class
    where TReply : class, IActivityReply
{
    internal string? Destination { get; private set; }
    internal Func<ActivityCall<TInstance>, TCommand>? CommandFactory { get; private set; }
    internal TimeSpan? TimeoutAfter { get; private set; }
    internal RetryPolicy RetryPolicy { get; private set; } = RetryPolicy.Default;
    internal Activity<TInstance>? Compensation { get; private set; }
    internal string? NoCompensation { get; private set; }
    internal State? RetriesFrom { get; private set; }
    internal Func<TReply, bool> Leaves { get; private set; } = _ => true;

    /// <summary>Name of the endpoint that does it: a worker's queue, or another workflow's type.</summary>
    public ActivityBuilder<TInstance, TCommand, TReply> SendTo(string endpoint)
    {
        Destination = endpoint;
        return this;
    }

    /// <summary>Makes the command.</summary>
    public ActivityBuilder<TInstance, TCommand, TReply> Command(Func<ActivityCall<TInstance>, TCommand> command)
    {
        CommandFactory = command;
        return this;
    }

    /// <summary>How long one attempt may take, above 0.</summary>
    public ActivityBuilder<TInstance, TCommand, TReply> Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        TimeoutAfter = timeout;
        return this;
    }

    /// <summary>When and how often to try again; <see cref="RetryPolicy.Default"/> when not said.</summary>
    public ActivityBuilder<TInstance, TCommand, TReply> Retry(RetryPolicy policy)
    {
        RetryPolicy = policy;
        return this;
    }

    /// <summary>Between two attempts the instance waits in this state, and returns with the next attempt.</summary>
    public ActivityBuilder<TInstance, TCommand, TReply> RetryFrom(State state)
    {
        RetriesFrom = state;
        return this;
    }

    /// <summary>What undoes it. It must be no error for the worker when there is nothing to undo: an attempt whose answer never came is undone too.</summary>
    /// <param name="compensation">An activity of the same workflow.</param>
    /// <param name="when">Says for a reply whether it left something to undo; always, when not given.</param>
    public ActivityBuilder<TInstance, TCommand, TReply> CompensateWith(Activity<TInstance> compensation, Func<TReply, bool>? when = null)
    {
        Compensation = compensation;
        Leaves = when ?? Leaves;
        return this;
    }

    /// <summary>Says that nothing has to be undone, and why.</summary>
    public ActivityBuilder<TInstance, TCommand, TReply> NeedsNoCompensation(string because)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        NoCompensation = because;
        return this;
    }
}
