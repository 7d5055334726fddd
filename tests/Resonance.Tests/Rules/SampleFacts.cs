namespace Resonance.Tests.Rules;

/// <summary>Facts of every kind that a rule may be about.</summary>
sealed record SampleFacts(
    bool Express,
    int Attempts,
    long Total,
    ulong Serial,
    double FraudScore,
    decimal Amount,
    string Currency,
    string? Note,
    int? Rating,
    SampleChannel Channel,
    Guid Id,
    byte[] Signature,
    DateTimeOffset PlacedAt,
    TimeSpan Waited,
    SampleCustomer Customer,
    SampleCustomer? Referrer,
    IReadOnlyList<SampleLine> Lines,
    string[] Tags,
    List<int> Scores,
    IReadOnlyList<int?> Marks,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, int> Limits)
{
    public static SampleFacts Typical { get; } = new(
        Express: true,
        Attempts: 2,
        Total: 12_401,
        Serial: 7,
        FraudScore: 0.25,
        Amount: 99.90m,
        Currency: "EUR",
        Note: null,
        Rating: 4,
        Channel: SampleChannel.WebShop,
        Id: Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
        Signature: [1, 2, 255],
        PlacedAt: new DateTimeOffset(2026, 1, 31, 22, 30, 15, 250, TimeSpan.FromHours(1)),
        Waited: TimeSpan.FromSeconds(90.5),
        Customer: new SampleCustomer("Ada", "ada@example.org", new SampleAddress("GB", "London")),
        Referrer: null,
        Lines: [new SampleLine("A-1", 2, 5, 9.5m), new SampleLine("B-2", 3, 1, 20m), new SampleLine("C-3", 1, 1, 0.4m)],
        Tags: ["new", "gift", "naïve😀"],
        Scores: [3, -1, 4],
        Marks: [1, null, 3],
        Labels: new Dictionary<string, string> { ["colour"] = "red", ["size"] = "XL" },
        Limits: new Dictionary<string, int> { ["day"] = 3, ["week"] = 10 });

    /// <summary>With much of it absent, empty or at an end of its range.</summary>
    public static SampleFacts Extreme { get; } = Typical with
    {
        Express = false,
        Attempts = int.MinValue,
        Total = long.MaxValue,
        Serial = ulong.MaxValue,
        FraudScore = double.NaN,
        Amount = decimal.MaxValue,
        Currency = "",
        Note = "left at the \uD83D\uDEAA",
        Rating = null,
        Channel = (SampleChannel)99,
        PlacedAt = DateTimeOffset.MinValue,
        Waited = TimeSpan.MaxValue,
        Referrer = new SampleCustomer("Bob", null, new SampleAddress("", "")),
        Lines = [],
        Tags = [],
        Scores = [int.MaxValue],
        Labels = new Dictionary<string, string>(),
    };

    /// <summary>With nulls where nobody declared any.</summary>
    public static SampleFacts Broken { get; } = Typical with
    {
        Currency = null!,
        Signature = null!,
        Customer = null!,
        Lines = [null!, new SampleLine(null!, 1, 1, 1m)],
        Tags = null!,
        Scores = null!,
        Labels = null!,
    };
}

enum SampleChannel
{
    Phone,
    WebShop,
}

sealed record SampleCustomer(string Name, string? Email, SampleAddress Address);

readonly record struct SampleAddress(string Country, string City);

sealed record SampleLine(string Sku, int Quantity, int Available, decimal Price);
