using System.Text.Json;
using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Testing;

/// <summary>An instance of the workflow under test: what it is, what it did, and what may be done to it.</summary>
public sealed class TestedWorkflow<TInstance> where TInstance : WorkflowInstance, new()
{
    static readonly JsonSerializerOptions EntryOptions = new(InstanceJson.Options) { AllowOutOfOrderMetadataProperties = true };

    readonly WorkflowTestHarness<TInstance> _harness;
    readonly List<StepCommit> _steps = [];
    readonly List<JournalEntry> _journal = [];
    readonly List<OutgoingMessage> _commands = [];
    readonly List<OutgoingMessage> _others = [];

    internal TestedWorkflow(WorkflowTestHarness<TInstance> harness, Guid id)
    {
        _harness = harness;
        Id = id;
    }

    /// <summary>The instance's id.</summary>
    public Guid Id { get; }

    /// <summary>What people call it, e.g. <c>LOAN-1001</c>.</summary>
    public string Key => Row.Key;

    /// <summary>Name of its state, PascalCase as in code.</summary>
    public string State => Row.State;

    /// <summary>One of <see cref="WorkflowStatus"/>.</summary>
    public string Status => Row.Status;

    /// <summary>Why it failed, was cancelled or waits; null while all is well.</summary>
    public string? Reason => Instance.Reason;

    /// <summary>What it remembers now: a copy, changing it changes nothing.</summary>
    public TInstance Instance
    {
        get
        {
            var instance = JsonSerializer.Deserialize<TInstance>(Row.Data, InstanceJson.Options)!;
            instance.CorrelationId = Row.Id;
            instance.CurrentState = Row.State;
            instance.Key = Row.Key;
            instance.Priority = Row.Priority;
            instance.StartedAt = Row.StartedAt;
            return instance;
        }
    }

    /// <summary>Everything that happened, entry by entry.</summary>
    public IReadOnlyList<JournalEntry> Journal => _journal;

    /// <summary>Everything that happened, as the console of a host tells it.</summary>
    public IReadOnlyList<string> Trail => [.. _steps.SelectMany(step => AuditTrail.Lines(step.Workflow.Key, step.Journal))];

    WorkflowRow Row => _steps is [.., var last]
        ? last.Workflow
        : throw new InvalidOperationException($"The instance {Id} has not taken a step.");

    /// <summary>Takes the first command of a kind that an activity sent and that was not taken yet.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message has those that there are.</exception>
    public TestedCommand<TCommand> NextCommand<TCommand>() where TCommand : class
    {
        if (_commands.Find(Is<TCommand>) is not { } message)
        {
            var others = _commands.Count == 0
                ? "Nothing waits for an answer."
                : $"Not taken yet: {string.Join(", ", _commands.Select(NameOf))}.";
            throw new InvalidOperationException(
                $"{Key} sent no {typeof(TCommand).Name}. {others} So far:{Environment.NewLine}{string.Join(Environment.NewLine, Trail)}");
        }

        _commands.Remove(message);
        var sent = _journal.OfType<CommandSent>().Single(entry => entry.MessageId == message.Row.MessageId);
        return new TestedCommand<TCommand>(Read<TCommand>(message), Id, sent.IdempotencyKey, sent.Activity, sent.Attempt, sent.Destination);
    }

    /// <summary>The messages of a kind that it published or sent besides the commands of its activities, in order.</summary>
    public IReadOnlyList<TMessage> Published<TMessage>() where TMessage : class => [.. _others.Where(Is<TMessage>).Select(Read<TMessage>)];

    /// <summary>Answers a command, as its worker would.</summary>
    /// <param name="command">The command.</param>
    /// <param name="reply">The answer, with the command's <see cref="TestedCommand{TCommand}.WorkflowId"/> and
    /// <see cref="TestedCommand{TCommand}.IdempotencyKey"/>.</param>
    /// <exception cref="ArgumentException">The reply answers another command. <see cref="RaiseAsync"/> sends it all the same.</exception>
    public Task ReplyAsync<TCommand, TReply>(TestedCommand<TCommand> command, TReply reply)
        where TCommand : class
        where TReply : class, IActivityReply
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(reply);
        if (reply.WorkflowId != command.WorkflowId || reply.IdempotencyKey != command.IdempotencyKey)
        {
            throw new ArgumentException(
                $"The reply must have the command's WorkflowId ({command.WorkflowId}) and IdempotencyKey ('{command.IdempotencyKey}').",
                nameof(reply));
        }

        return RaiseAsync(reply);
    }

    /// <summary>Answers a command with a failure, as its worker would.</summary>
    /// <param name="command">The command.</param>
    /// <param name="errorKind">A short stable word, e.g. <c>card_declined</c>.</param>
    /// <param name="message">What happened, for people.</param>
    /// <param name="nonRetryable">True when trying again cannot help.</param>
    public Task FailAsync<TCommand>(
        TestedCommand<TCommand> command, string errorKind, string message, bool nonRetryable = false)
        where TCommand : class
    {
        ArgumentNullException.ThrowIfNull(command);
        return RaiseAsync(
            new ActivityFailed
            {
                WorkflowId = command.WorkflowId,
                IdempotencyKey = command.IdempotencyKey,
                ErrorKind = errorKind,
                Message = message,
                NonRetryable = nonRetryable,
            });
    }

    /// <summary>Sends any message to the workflow's queue.</summary>
    /// <exception cref="InvalidOperationException">The workflow does not take such a message.</exception>
    public Task RaiseAsync<TMessage>(TMessage message) where TMessage : class =>
        _harness.SendAsync(Id, message);

    /// <summary>Asks for an operator's action.</summary>
    /// <param name="action">One of <see cref="OperatorActions"/>.</param>
    /// <param name="operatorName">Who asks.</param>
    /// <param name="reason">Why.</param>
    /// <returns>Whether the state allows it, and what it allows.</returns>
    /// <exception cref="ArgumentException">There is no such action.</exception>
    public Task<ActionResult> ActAsync(string action, string operatorName, string reason) =>
        _harness.ActAsync(Id, action, operatorName, reason);

    internal void Add(StepCommit step)
    {
        _steps.Add(step);
        _journal.AddRange(JsonSerializer.Deserialize<JournalEntry[]>(step.Journal.Entries, EntryOptions)!);
    }

    internal void Keep(OutgoingMessage message)
    {
        var isCommand = _journal.OfType<CommandSent>().Any(entry => entry.MessageId == message.Row.MessageId);
        (isCommand ? _commands : _others).Add(message);
    }

    static bool Is<TMessage>(OutgoingMessage message) where TMessage : class =>
        message.Envelope.Types.Contains(MessageUrn.ForTypeString<TMessage>(), StringComparer.Ordinal);

    static string NameOf(OutgoingMessage message) => message.Envelope.Types[0].Split(':')[^1];

    static TMessage Read<TMessage>(OutgoingMessage message) where TMessage : class =>
        JsonSerializer.Deserialize<TMessage>(message.Row.Body, ContractSerializer.Options)!;
}

/// <summary>A command that an activity sent.</summary>
/// <param name="Message">What the worker would receive.</param>
/// <param name="WorkflowId">The instance; goes into the reply.</param>
/// <param name="IdempotencyKey">Names the effect, the same for every attempt; goes into the reply.</param>
/// <param name="Activity">Name of the activity.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Destination">The worker's address.</param>
public sealed record TestedCommand<TCommand>(
    TCommand Message, Guid WorkflowId, string IdempotencyKey, string Activity, int Attempt, string Destination) where TCommand : class;
