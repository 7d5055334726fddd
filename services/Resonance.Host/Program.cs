using Resonance.Host;

return await ResonanceHost.RunAsync(args);
