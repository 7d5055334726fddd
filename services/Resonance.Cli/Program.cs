using Resonance.Cli;
using Resonance.Cli.Running;

using var stop = new StopSignals();
return await ResonanceTool.RunAsync(args, Terminal.OfThisProcess(), stop.Token);
