using System.Runtime.CompilerServices;

namespace Resonance.Engine.Rules.Language;

/// <summary>What one evaluation has spent, may spend, and has read.</summary>
struct Budget(long limit)
{
    /// <summary>Spent so far. Only grows.</summary>
    public long Cost;

    /// <summary>May be spent. A compiled rule that met an error sets it below zero, which ends its loops as a spent budget does.</summary>
    public long Limit = limit;

    /// <summary>One bit for each fact that was read.</summary>
    public ulong FactsRead;

    public readonly bool IsSpent => Cost > Limit;

    /// <returns>False when that is more than was left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Charge(long cost)
    {
        Cost += cost;
        return Cost <= Limit;
    }

    /// <summary>Charges for looking at, or making, that many characters, bytes or elements.</summary>
    public bool ChargeSize(long size) => Charge(size >> SizeShift);

    /// <summary>A unit is worth this many characters, as a power of two.</summary>
    public const int SizeShift = 4;
}
