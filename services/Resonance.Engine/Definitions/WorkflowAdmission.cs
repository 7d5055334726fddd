using Resonance.Engine.Queues;

namespace Resonance.Engine.Definitions;

/// <summary>When an instance's turn comes.</summary>
/// <param name="Settings">The queue's settings as the definition has them; operators may change them while it runs.</param>
/// <param name="GroupOf">Reads the FIFO group from a start message; null for none.</param>
/// <param name="LimitKeyOf">Reads what the limit for each key counts by; null for nothing.</param>
/// <param name="PriorityOf">Reads the priority, 0 to 9; null to take the instance's.</param>
sealed record WorkflowAdmission(
    WorkQueueSettings Settings, Func<object, string?>? GroupOf, Func<object, string?>? LimitKeyOf, Func<object, int?>? PriorityOf);
