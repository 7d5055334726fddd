using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway;

/// <param name="Items">Items in the order that was asked for.</param>
/// <param name="NextCursor">Fetches the next page; null on the last one.</param>
sealed record ListAnswer<TItem>(IReadOnlyList<TItem> Items, string? NextCursor);

/// <summary>Where an item stands in an order: by time, and among those of one time by name. No two items stand at one place.</summary>
/// <param name="Time">Not before 1970; the same for all in an order by name alone.</param>
/// <param name="Name">By its code units.</param>
readonly record struct ListPlace(DateTimeOffset Time, string Name) : IComparable<ListPlace>
{
    /// <summary>A place in an order by name alone.</summary>
    public static ListPlace By(string name) => new(DateTimeOffset.UnixEpoch, name);

    /// <summary>A place in an order by time; what has none comes after all that has.</summary>
    public static ListPlace At(DateTimeOffset? time, string name) =>
        new(time is not { } at ? DateTimeOffset.MaxValue : at < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : at, name);

    public int CompareTo(ListPlace other) =>
        Time.CompareTo(other.Time) is var times and not 0 ? times : string.CompareOrdinal(Name, other.Name);
}

/// <summary>
/// Pages of what this process has at hand as a whole, such as its rules. A page goes on after the place where the one before ended, like
/// the pages that the store makes: what comes or goes meanwhile shifts nothing.
/// </summary>
sealed class WholeList<TItem>
{
    readonly string _usual;
    readonly (string Name, Func<TItem, ListPlace> PlaceOf)[] _orders;

    /// <param name="usual">The order when none is asked for, with a minus in front for the last to the first.</param>
    /// <param name="orders">What the list can be ordered by.</param>
    public WholeList(string usual, params (string Name, Func<TItem, ListPlace> PlaceOf)[] orders)
    {
        (_usual, _orders) = (usual, orders);
    }

    /// <summary>What a request asks of the list; what makes no sense is told to the query.</summary>
    public Asked Read(QueryValues query, string? sort, string? limit, string? cursor)
    {
        var known = new[] { _usual }.Concat(_orders.SelectMany(order => new[] { order.Name, $"-{order.Name}" })).Distinct(StringComparer.Ordinal);
        var given = query.OneOf("sort", sort, [.. known]);
        var order = _orders.Single(order => order.Name == given.TrimStart('-'));
        return new Asked(given, order.PlaceOf, query.Limit(limit), query.Cursor(cursor, given));
    }

    /// <param name="Sort">As in an address.</param>
    /// <param name="PlaceOf">Where an item stands.</param>
    /// <param name="Limit">Most items of one page.</param>
    /// <param name="After">Where the page before ended.</param>
    internal sealed record Asked(string Sort, Func<TItem, ListPlace> PlaceOf, int Limit, PageCursor? After)
    {
        public ListAnswer<TAnswer> PageOf<TAnswer>(IEnumerable<TItem> items, Func<TItem, TAnswer> show)
        {
            var descending = Sort.StartsWith('-');
            var sorted = (descending ? items.OrderByDescending(PlaceOf) : items.OrderBy(PlaceOf)).AsEnumerable();
            if (After is { } after)
            {
                var last = new ListPlace(after.Time, after.Value);
                sorted = sorted.Where(item => PlaceOf(item).CompareTo(last) * (descending ? -1 : 1) > 0);
            }

            var page = sorted.Take(Limit + 1).ToArray();
            if (page.Length <= Limit)
                return new ListAnswer<TAnswer>([.. page.Select(show)], null);

            var end = PlaceOf(page[Limit - 1]);
            return new ListAnswer<TAnswer>([.. page[..Limit].Select(show)], new PageCursor(Sort, end.Name, end.Time, Guid.Empty).ToString());
        }
    }
}
