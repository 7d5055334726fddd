using System.Globalization;
using Resonance.Engine.Steps;
using Resonance.FaultyHost;
using Resonance.Host;

if (args is [QueueConsumer.Verb, var queue, var consumers])
{
    await QueueConsumer.RunAsync(queue, int.Parse(consumers, CultureInfo.InvariantCulture));
    return;
}

// The host as it is shipped, but for one thing: at a point of the step it dies.
var point = DeadlyPoint.FromEnvironment();
await ResonanceHost.Build(args, builder => builder.Services.AddSingleton<StepPoints>(point)).RunAsync();
