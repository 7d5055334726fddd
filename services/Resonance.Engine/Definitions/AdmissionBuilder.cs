using System.ComponentModel.DataAnnotations;
using Resonance.Engine.Queues;

namespace Resonance.Engine.Definitions;

/// <summary>Says when an instance's turn comes. The limits are what the queue begins with: operators may change them while it runs.</summary>
/// <typeparam name="TStart">The contract that starts an instance.</typeparam>
public sealed class AdmissionBuilder<TStart> where TStart : class
{
    WorkQueueSettings _settings = new();
    Func<object, string?>? _group;
    Func<object, string?>? _limitKey;
    Func<object, int?>? _priority;

    /// <summary>Instances of a group run strictly one after the other, in the order in which they were started.</summary>
    /// <param name="group">Reads the group; null for an instance that waits for no other one.</param>
    public AdmissionBuilder<TStart> FifoBy(Func<TStart, object?> group)
    {
        _group = start => Text(group((TStart)start));
        return this;
    }

    /// <summary>Higher priorities come first: each level is worth a credit of waiting time, so that nothing waits for ever.</summary>
    /// <param name="priority">Reads the priority, 0 to 9; what is outside of it is taken for the nearest, null for 0.</param>
    /// <param name="creditPerLevel">See <see cref="WorkQueueSettings.CreditPerLevel"/>; null for 1 min.</param>
    public AdmissionBuilder<TStart> Priority(Func<TStart, int?> priority, TimeSpan? creditPerLevel = null)
    {
        _priority = start => priority((TStart)start);
        _settings = _settings with { CreditPerLevel = creditPerLevel ?? _settings.CreditPerLevel };
        return this;
    }

    /// <summary>At most so many instances run at a time; one that is suspended counts.</summary>
    /// <param name="most">1 to 1,000,000.</param>
    public AdmissionBuilder<TStart> Concurrency(int most)
    {
        _settings = _settings with { Concurrency = most };
        return this;
    }

    /// <summary>At most so many instances with the same key run at a time.</summary>
    /// <param name="key">Reads the key; null for an instance that the limit does not concern.</param>
    /// <param name="most">1 to 100,000.</param>
    public AdmissionBuilder<TStart> ConcurrencyBy(Func<TStart, object?> key, int most)
    {
        _limitKey = start => Text(key((TStart)start));
        _settings = _settings with { KeyConcurrency = most };
        return this;
    }

    /// <summary>At most so many instances begin in a period; after a rest so many may begin at once.</summary>
    /// <param name="most">1 to 1,000,000.</param>
    /// <param name="per">1 ms to 1 day.</param>
    public AdmissionBuilder<TStart> RateLimit(int most, TimeSpan per)
    {
        _settings = _settings with { RateLimit = most, RatePeriod = per };
        return this;
    }

    /// <exception cref="ValidationException">A limit is out of its range.</exception>
    internal WorkflowAdmission Build()
    {
        Validator.ValidateObject(_settings, new ValidationContext(_settings), validateAllProperties: true);
        return new WorkflowAdmission(_settings, _group, _limitKey, _priority);
    }

    static string? Text(object? value) => value switch
    {
        null => null,
        string text => text.Length == 0 ? null : text,
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
