namespace Resonance.AcceptanceTests.Telemetry;

/// <summary>OTLP's messages by their field numbers.</summary>
/// <remarks>https://github.com/open-telemetry/opentelemetry-proto/tree/v1.11.0/opentelemetry/proto</remarks>
static class OtlpMessages
{
    // ExportTraceServiceRequest, ExportMetricsServiceRequest and ExportLogsServiceRequest; ResourceX and ScopeX have the same numbers.
    const int RequestResources = 1;
    const int ResourceOfResources = 1;
    const int ScopesOfResource = 2;
    const int ScopeOfScopes = 1;
    const int ItemsOfScope = 2;
    const int ResourceAttributes = 1;
    const int ScopeName = 1;

    // KeyValue and AnyValue of common.proto
    const int Key = 1;
    const int Value = 2;
    const int StringValue = 1;
    const int BoolValue = 2;
    const int IntValue = 3;
    const int DoubleValue = 4;

    public static IEnumerable<SeenSpan> Spans(byte[] request) => Items(request, (resource, scope, span) => new SeenSpan
    {
        Service = Text(resource, "service.name"),
        Process = Text(resource, "service.instance.id"),
        Scope = scope,
        TraceId = span.Hex(1),
        SpanId = span.Hex(2),
        ParentId = span.Hex(4),
        Name = span.Text(5),
        Kind = (SeenKind)span.Number(6),
        Started = span.Number(7),
        Ended = span.Number(8),
        Attributes = Attributes(span, 9),
        Events = [.. span.Messages(11).Select(told => new SeenEvent(told.Text(2), Attributes(told, 3)))],
        Links = [.. span.Messages(13).Select(link => $"{link.Hex(1)}/{link.Hex(2)}")],
        Failed = span.Message(15)?.Number(3) == 2,
    });

    public static IEnumerable<SeenMetric> Metrics(byte[] request) => Items(request, (_, scope, metric) =>
    {
        var (kind, body) = metric.Message(5) is { } gauge ? ("gauge", gauge)
            : metric.Message(7) is { } sum ? (sum.Number(3) == 1 ? "counter" : "updowncounter", sum)
            : metric.Message(9) is { } histogram ? ("histogram", histogram)
            : throw new InvalidDataException($"{metric.Text(1)} is of a kind that no instrument of .NET makes.");
        return new SeenMetric(
            scope, metric.Text(1), kind, metric.Text(3),
            [.. body.Messages(1).Select(point => kind == "histogram" ? HistogramPoint(point) : NumberPoint(point))]);
    });

    public static IEnumerable<SeenLog> Logs(byte[] request) => Items(request, (_, scope, record) => new SeenLog(
        scope, (int)record.Number(2), record.Message(5)?.Text(StringValue) ?? "", Attributes(record, 6), record.Hex(9), record.Hex(10),
        record.Text(12)));

    static SeenPoint NumberPoint(WireMessage point) =>
        new(Attributes(point, 7), point.Has(6) ? unchecked((long)point.Number(6)) : point.Double(4), 0, []);

    static SeenPoint HistogramPoint(WireMessage point) =>
        new(Attributes(point, 9), point.Double(5), (long)point.Number(4), [.. point.Packed(7).Select(BitConverter.UInt64BitsToDouble)]);

    static IEnumerable<T> Items<T>(byte[] request, Func<IReadOnlyDictionary<string, object?>, string, WireMessage, T> read) =>
        from resource in WireMessage.Parse(request).Messages(RequestResources)
        let attributes = resource.Message(ResourceOfResources) is { } described ? Attributes(described, ResourceAttributes) : Empty
        from scope in resource.Messages(ScopesOfResource)
        let name = scope.Message(ScopeOfScopes)?.Text(ScopeName) ?? ""
        from item in scope.Messages(ItemsOfScope)
        select read(attributes, name, item);

    static readonly IReadOnlyDictionary<string, object?> Empty = new Dictionary<string, object?>();

    static IReadOnlyDictionary<string, object?> Attributes(WireMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(Key), pair => AnyValue(pair.Message(Value)));

    static object? AnyValue(WireMessage? value) => value switch
    {
        null => null,
        _ when value.Has(StringValue) => value.Text(StringValue),
        _ when value.Has(BoolValue) => value.Number(BoolValue) != 0,
        _ when value.Has(IntValue) => unchecked((long)value.Number(IntValue)),
        _ when value.Has(DoubleValue) => value.Double(DoubleValue),
        _ => "(a list)",
    };

    static string Text(IReadOnlyDictionary<string, object?> attributes, string name) => attributes.GetValueOrDefault(name)?.ToString() ?? "";
}

/// <summary>SpanKind of trace.proto.</summary>
enum SeenKind
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// <summary>A span as it arrived.</summary>
sealed record SeenSpan
{
    public required string Service { get; init; }

    /// <summary>Of the process: <c>service.instance.id</c>.</summary>
    public required string Process { get; init; }

    /// <summary>The source that made it, e.g. <c>Resonance</c>.</summary>
    public required string Scope { get; init; }

    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    /// <summary>Empty for the root of a trace.</summary>
    public required string ParentId { get; init; }

    public required string Name { get; init; }

    public required SeenKind Kind { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required ulong Started { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required ulong Ended { get; init; }

    public required IReadOnlyDictionary<string, object?> Attributes { get; init; }

    public required IReadOnlyList<SeenEvent> Events { get; init; }

    /// <summary>Spans elsewhere: <c>{trace id}/{span id}</c>.</summary>
    public required IReadOnlyList<string> Links { get; init; }

    public required bool Failed { get; init; }

    public string? Attribute(string name) => Attributes.GetValueOrDefault(name)?.ToString();
}

/// <summary>An event of a span.</summary>
sealed record SeenEvent(string Name, IReadOnlyDictionary<string, object?> Attributes)
{
    public string? Attribute(string name) => Attributes.GetValueOrDefault(name)?.ToString();
}

/// <summary>One export of a metric.</summary>
/// <param name="Scope">The meter.</param>
/// <param name="Name">The instrument.</param>
/// <param name="Kind"><c>counter</c>, <c>updowncounter</c>, <c>histogram</c> or <c>gauge</c>.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Points">One for each combination of attributes.</param>
sealed record SeenMetric(string Scope, string Name, string Kind, string Unit, IReadOnlyList<SeenPoint> Points);

/// <param name="Attributes">What it is about.</param>
/// <param name="Value">The number; of a histogram the sum.</param>
/// <param name="Count">Of a histogram.</param>
/// <param name="Bounds">Of a histogram's buckets.</param>
sealed record SeenPoint(IReadOnlyDictionary<string, object?> Attributes, double Value, long Count, IReadOnlyList<double> Bounds)
{
    public string? Attribute(string name) => Attributes.GetValueOrDefault(name)?.ToString();
}

/// <param name="Category">The logger.</param>
/// <param name="Severity">OTLP's number: 9 is information, 13 a warning.</param>
/// <param name="Body">The text.</param>
/// <param name="Attributes">The values in it.</param>
/// <param name="TraceId">Empty outside any trace.</param>
/// <param name="SpanId">Empty outside any span.</param>
/// <param name="EventName">Of the log event.</param>
sealed record SeenLog(
    string Category, int Severity, string Body, IReadOnlyDictionary<string, object?> Attributes, string TraceId, string SpanId, string EventName);
