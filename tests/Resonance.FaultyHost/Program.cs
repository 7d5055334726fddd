using Resonance.Engine.Steps;
using Resonance.FaultyHost;
using Resonance.Host;

// The host as it is shipped, but for one thing: at a point of the step it dies.
var point = DeadlyPoint.FromEnvironment();
await ResonanceHost.Build(args, builder => builder.Services.AddSingleton<StepPoints>(point)).RunAsync();
