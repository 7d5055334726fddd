namespace Resonance.Engine.Rules.Language;

/// <summary>Why an evaluation gave no value: a division by zero, a key that is not there, a budget that is spent.</summary>
public sealed class EvaluationError
{
    internal EvaluationError(string message) => Message = message;

    internal EvaluationError(string message, SourceSpan span)
        : this(message) => Span = span;

    internal static EvaluationError Unset { get; } = new("no value");

    internal static EvaluationError Exhausted { get; } = new("the evaluation would cost more than its budget");

    /// <summary>What happened, for people.</summary>
    public string Message { get; }

    /// <summary>The part of the expression that it happened in; null when the whole of it is meant.</summary>
    public SourceSpan? Span { get; }

    // Errors that are shared between evaluations keep no position of their own.
    internal EvaluationError At(SourceSpan span) => Span is null && this != Exhausted ? new EvaluationError(Message, span) : this;

    /// <inheritdoc/>
    public override string ToString() => Message;
}
