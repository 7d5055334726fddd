namespace Resonance.Engine.Delivery;

/// <summary>A message is not what its contract says. It is set aside at once: trying again cannot help.</summary>
public sealed class ContractRefusedException : Exception
{
    /// <param name="contract">The contract that the message was read as.</param>
    /// <param name="errors">What is wrong and what to change, for people.</param>
    public ContractRefusedException(Type contract, string errors)
        : base($"The message is no valid {contract.Name}. {errors}")
    {
        Contract = contract;
    }

    /// <summary>The contract that the message was read as.</summary>
    public Type Contract { get; }

    /// <param name="contract">The contract that the message was read as.</param>
    /// <param name="errors">What is wrong, by field.</param>
    public static ContractRefusedException For(Type contract, IReadOnlyDictionary<string, string[]> errors) =>
        new(contract, string.Join(" ", errors.Select(error => $"{error.Key}: {string.Join(" ", error.Value)}")));
}
