using Resonance.Benchmarks;

if (args is [OtlpSink.Argument])
    return await OtlpSink.RunAsync();

if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

if (options.Mode is "rules" or "figures")
{
    var alone = new Report(options);
    if (options.Mode == "rules")
        alone.Add(await Rules.MeasureAsync(options, CancellationToken.None));
    else
        alone.Add(await Figures.MeasureAsync(options, CancellationToken.None));
    await alone.SaveAsync(CancellationToken.None);
    return 0;
}

string?[] servers =
[
    Environment.GetEnvironmentVariable("RESONANCE_TEST_POSTGRES"),
    Environment.GetEnvironmentVariable("RESONANCE_TEST_RABBITMQ"),
    Environment.GetEnvironmentVariable("RESONANCE_TEST_RABBITMQ_MANAGEMENT"),
];
if (options.Mode == "telemetry" && servers.All(string.IsNullOrEmpty))
{
    var directory = Directory.CreateTempSubdirectory("resonance-benchmark-");
    await using (var embedded = await ResonanceVariant.StartEmbeddedAsync(directory.FullName, options.Concurrency, CancellationToken.None))
    {
        var alone = new Report(options);
        alone.Add(await TelemetryCost.MeasureAsync(embedded, "memory", options, CancellationToken.None));
        await alone.SaveAsync(CancellationToken.None);
    }

    directory.Delete(recursive: true);
    return 0;
}

if (servers is not [{ Length: > 0 } postgres, { Length: > 0 } rabbitMq, { Length: > 0 } management])
{
    Console.Error.WriteLine("There are no servers to measure on. Run './test servers' and take over the variables that it prints.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // What was created on the servers is removed on the way out.
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    await using var database = await BenchmarkDatabase.CreateAsync(postgres, stop.Token);
    if (options.Mode == "queue")
    {
        var alone = new Report(options);
        alone.Add(await QueueSpeed.MeasureAsync(database, options, stop.Token));
        await alone.SaveAsync(stop.Token);
        return 0;
    }

    await using var firstBroker = await BenchmarkBroker.CreateAsync(rabbitMq, management, stop.Token);
    await using var secondBroker = await BenchmarkBroker.CreateAsync(rabbitMq, management, stop.Token);
    await using var resonance = await ResonanceVariant.StartAsync(database, firstBroker, options.Concurrency, stop.Token);
    await using var inMemory = await InMemorySagaVariant.StartAsync(secondBroker, options.Concurrency, stop.Token);

    var report = new Report(options);
    if (options.Runs("throughput"))
        report.Add(await Throughput.MeasureAsync(resonance, inMemory, database, options, stop.Token));
    if (options.Runs("latency"))
        report.Add(await Latency.MeasureAsync(resonance, inMemory, database, options, stop.Token));
    if (options.Runs("memory"))
        report.Add(await MemoryUse.MeasureAsync(resonance, options, stop.Token));
    if (options.Runs("rules"))
        report.Add(await Rules.MeasureAsync(options, stop.Token));
    if (options.Runs("figures"))
        report.Add(await Figures.MeasureAsync(options, stop.Token));
    if (options.Runs("telemetry"))
        report.Add(await TelemetryCost.MeasureAsync(resonance, "rabbitmq", options, stop.Token));
    if (options.Runs("audit"))
    {
        var files = Directory.CreateTempSubdirectory("resonance-benchmark-");
        await using (var auditedDatabase = await BenchmarkDatabase.CreateAsync(postgres, stop.Token))
        await using (var auditedBroker = await BenchmarkBroker.CreateAsync(rabbitMq, management, stop.Token))
        await using (var audited = await ResonanceVariant.StartAuditedAsync(
            auditedDatabase, auditedBroker, options.Concurrency, files.FullName, stop.Token))
        {
            report.Add(await AuditCost.MeasureAsync(resonance, audited, options, stop.Token));
        }

        files.Delete(recursive: true);
    }

    if (options.Runs("queue"))
        report.Add(await QueueSpeed.MeasureAsync(database, options, stop.Token));
    if (options.Runs("admission"))
    {
        await using var admittedDatabase = await BenchmarkDatabase.CreateAsync(postgres, stop.Token);
        await using var admittedBroker = await BenchmarkBroker.CreateAsync(rabbitMq, management, stop.Token);
        await using var admitted = await ResonanceVariant.StartAdmittedAsync(
            admittedDatabase, admittedBroker, options.Concurrency, stop.Token);
        report.Add(await AdmissionCost.MeasureAsync(resonance, admitted, options, stop.Token));
    }

    await report.SaveAsync(stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
