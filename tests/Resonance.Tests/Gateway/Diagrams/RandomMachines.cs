using Resonance.Engine.Definitions;
using Resonance.Gateway.Diagrams;

namespace Resonance.Tests.Gateway.Diagrams;

/// <summary>Machines of any shape, the same one for the same seed.</summary>
static class RandomMachines
{
    static readonly string[] Statuses =
    [
        WorkflowStatus.Running, WorkflowStatus.Running, WorkflowStatus.Running, WorkflowStatus.Suspended, WorkflowStatus.Compensating,
        WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.Cancelled,
    ];

    public static MachineGraph Of(int seed, int states)
    {
        var random = new Random(seed);
        var names = Enumerable.Range(0, states).Select(index => $"STATE_{new string('X', random.Next(12))}{index}").ToArray();
        var machine = names.Select(name => new MachineState
        {
            Name = name,
            Status = Statuses[random.Next(Statuses.Length)],
            Activities =
            [
                .. Enumerable.Range(0, random.Next(4)).Select(index => new MachineActivity(
                    $"Activity{index}", [], TimeSpan.FromSeconds(random.Next(1, 900)), random.Next(9), "policy", "Command", "queue")),
            ],
        }).ToArray();

        // Most states are reached from one before them; the rest leads anywhere, back and to the same state too.
        var ways = new Dictionary<(string From, string To), MachineTransition>();
        if (states > 0)
            Lead(MachineGraph.Start, names[0]);
        for (var index = 1; index < states; index++)
        {
            if (random.Next(10) > 0)
                Lead(names[random.Next(index)], names[index]);
        }

        for (var extra = random.Next(states + 1); extra > 0; extra--)
            Lead(names[random.Next(states)], names[random.Next(states)]);
        return MachineGraph.Of("random", machine, [.. ways.Values], Gathered());

        void Lead(string from, string to) => ways[(from, to)] = new MachineTransition
        {
            From = from,
            To = to,
            Events = [.. Enumerable.Range(0, random.Next(1, 4)).Select(index => $"Activity{index}.{(random.Next(2) == 0 ? "Completed" : "Failed")}")],
            Kind = Enum.GetValues<TransitionKind>()[random.Next(5)],
            Folded = random.Next(12) == 0,
        };

        IReadOnlyList<GatheredTransition> Gathered() => states > 4 && random.Next(3) == 0
            ? [new GatheredTransition("GiveUp", names[^1], names[..4])]
            : [];
    }
}
