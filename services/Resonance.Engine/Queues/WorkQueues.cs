namespace Resonance.Engine.Queues;

/// <summary>The work queues of the configured store.</summary>
public sealed class WorkQueues
{
}
