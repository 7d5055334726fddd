using System.Text.Json;
using Resonance.Engine.Journal;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>
/// What must be true of the books when all orders have ended, whatever happened on the way. Each violation is a line that begins with
/// the name of the invariant.
/// </summary>
static class Invariants
{
    static readonly HashSet<string> WorkerAddresses =
        new(["exchange:inventory", "exchange:card-provider", "exchange:shipping"], StringComparer.Ordinal);

    /// <param name="books">The books.</param>
    /// <param name="orders">All orders that were ever accepted.</param>
    /// <param name="keys">The key that a client was told for an order, where it was told one.</param>
    public static IReadOnlyList<string> Check(
        Books books, IReadOnlyList<SampleOrder> orders, IReadOnlyDictionary<Guid, string> keys) =>
    [
        .. Orders(books, orders, keys),
        .. books.Workflows.SelectMany(workflow => Instance(workflow, [.. books.Journal.Where(row => row.WorkflowId == workflow.Id)])),
        .. Strangers(books, orders),
        .. Effects(books),
        .. Stock(books, orders),
        .. orders.SelectMany(order => Payment(books, order)),
        .. orders.SelectMany(order => Shipment(books, order)),
        .. books.Outbox.Select(message => $"outbox: {message} is left"),
    ];

    /// <summary>Every accepted order is there and came to its right end, once.</summary>
    static IEnumerable<string> Orders(Books books, IReadOnlyList<SampleOrder> orders, IReadOnlyDictionary<Guid, string> keys)
    {
        foreach (var order in orders)
        {
            var found = books.Workflows.SingleOrDefault(workflow => workflow.Id == order.Id);
            var (state, status) = order.Completes ? ("Completed", "completed") : ("Cancelled", "cancelled");
            if (found is null)
                yield return $"order: {order.Kind} {order.Id} is lost";
            else if (found.Type != "order" || found.State != state || found.Status != status || !found.HasEnded)
                yield return $"order: {order.Kind} {found.Key} is {found.Type} {found.State} {found.Status}";
            else if (keys.TryGetValue(order.Id, out var key) && key != found.Key)
                yield return $"order: {order.Kind} {found.Key} was accepted as {key}";

            if (found is not null && Finishes(books, order.Id) is var ends and not 1)
                yield return $"finished: {order.Kind} {found.Key} has ended {ends} times";
        }
    }

    /// <summary>The journal of one instance is whole, and the instance is what its journal says.</summary>
    static IEnumerable<string> Instance(StoredWorkflow workflow, JournalRow[] journal)
    {
        if (!journal.Select(row => row.Sequence).SequenceEqual(Enumerable.Range(1, journal.Length).Select(number => (long)number)))
            yield return $"sequence: {workflow.Key} has steps {string.Join(' ', journal.Select(row => row.Sequence))}";
        if (journal.Length == 0 || workflow.Version != journal[^1].Sequence)
            yield return $"sequence: {workflow.Key} is at version {workflow.Version} after {journal.Length} steps";

        foreach (var repeated in journal.GroupBy(row => row.MessageId).Where(rows => rows.Count() > 1))
            yield return $"inbox: {workflow.Key} has applied message {repeated.Key} {repeated.Count()} times";

        var (hash, state) = (ChainHash.Origin, "Initial");
        foreach (var row in journal)
        {
            if (!row.PreviousHash.SequenceEqual(hash))
                yield return $"chain: {workflow.Key} #{row.Sequence} does not go on from the row before";
            if (!row.Hash.SequenceEqual(ChainHash.Compute(row)))
                yield return $"chain: {workflow.Key} #{row.Sequence} is not what its hash says";
            if (row.From != state)
                yield return $"state: {workflow.Key} #{row.Sequence} goes on from {row.From}, but was in {state}";
            (hash, state) = (row.Hash, row.To);
        }

        if (!workflow.HeadHash.SequenceEqual(hash))
            yield return $"chain: {workflow.Key} has another head than its last row";
        if (workflow.State != state)
            yield return $"state: {workflow.Key} is in {workflow.State}, but its journal ends in {state}";
        if (journal.Length > 0 && !JsonElement.DeepEquals(workflow.Data, JsonDocument.Parse(journal[^1].Data).RootElement))
            yield return $"data: {workflow.Key} has other data than its last step left";
    }

    /// <summary>There is nothing but the orders and their payments.</summary>
    static IEnumerable<string> Strangers(Books books, IReadOnlyList<SampleOrder> orders)
    {
        var known = orders.Select(order => order.Id)
            .Concat(orders.Where(order => order.PaymentState is not null).Select(order => PaymentOf(books, order)?.Id ?? default)).ToHashSet();
        foreach (var workflow in books.Workflows.Where(workflow => !known.Contains(workflow.Id)))
            yield return $"stranger: {workflow.Type} {workflow.Key} belongs to no order";
        foreach (var row in books.Journal.Where(row => books.Workflows.All(workflow => workflow.Id != row.WorkflowId)))
            yield return $"stranger: step {row.Sequence} of {row.WorkflowId} belongs to no workflow";
    }

    /// <summary>Workers did what was asked of them, under the key that it was asked under, once.</summary>
    static IEnumerable<string> Effects(Books books)
    {
        var entries = books.Journal.SelectMany(EntriesOf).ToArray();
        var asked = entries.Where(entry => Kind(entry) == "commandSent" && WorkerAddresses.Contains(Text(entry, "destination")))
            .ToLookup(entry => Text(entry, "idempotencyKey"), entry => Text(entry, "command"), StringComparer.Ordinal);
        var answered = entries.Where(entry => Kind(entry) == "replyReceived").Select(entry => Text(entry, "idempotencyKey"))
            .Where(asked.Contains).ToHashSet(StringComparer.Ordinal);

        foreach (var effect in books.Effects)
        {
            if (!asked[effect.Key].Any(command => effect.Command.EndsWith($".{command}", StringComparison.Ordinal)))
                yield return $"effect: {effect.Command} {effect.Key} was done and never asked for";
        }

        foreach (var key in answered)
        {
            var effects = books.Effects.Where(effect => effect.Key == key).ToArray();
            if (effects is not [{ ReplyType: not null }])
                yield return $"effect: {key} was answered, and stands {effects.Length} times in the workers' books";
        }
    }

    /// <summary>The stock holds the completed orders, and nothing else.</summary>
    static IEnumerable<string> Stock(Books books, IReadOnlyList<SampleOrder> orders)
    {
        var wanted = orders.Where(order => order.Completes).SelectMany(order => order.Start.Lines)
            .ToLookup(line => line.Sku, line => (long)line.Quantity, StringComparer.Ordinal);
        foreach (var (sku, reserved) in books.ReservedStock)
        {
            if (reserved != wanted[sku].Sum())
                yield return $"stock: {reserved} of {sku} are reserved, {wanted[sku].Sum()} are in completed orders";
        }

        foreach (var order in orders)
        {
            var held = books.Reservations.Where(line => line.Id == order.Id).Select(line => (line.Sku, line.Quantity)).Order();
            var lines = order.Completes ? order.Start.Lines.Select(line => (line.Sku, Quantity: (long)line.Quantity)).Order() : Enumerable.Empty<(string, long)>();
            if (!held.SequenceEqual(lines))
                yield return $"stock: {order.Kind} {order.Id} holds {string.Join(", ", held)}";
        }
    }

    /// <summary>A completed order is paid once and in full; of any other, nothing is kept.</summary>
    static IEnumerable<string> Payment(Books books, SampleOrder order)
    {
        if (PaymentOf(books, order) is not { } payment)
        {
            if (order.PaymentState is not null)
                yield return $"payment: {order.Kind} {order.Id} has none";
            yield break;
        }

        if (payment.State != order.PaymentState || !payment.HasEnded)
            yield return $"payment: {payment.Key} of {order.Kind} is {payment.State}";

        // A payment that was given back had ended before that, as a completed one.
        var ends = order.PaymentState == "Refunded" ? 2 : 1;
        if (Finishes(books, payment.Id) is var found && found != ends)
            yield return $"finished: {payment.Key} of {order.Kind} has ended {found} times";

        var own = books.CardOperations.Where(operation => operation.Key.StartsWith($"{payment.Id:N}/", StringComparison.Ordinal)).ToArray();
        var captured = own.Where(operation => operation is { Operation: "capture", CaptureId: not "" }).ToArray();
        if (captured.Length != (order.PaymentState is "Completed" or "Refunded" ? 1 : 0))
            yield return $"payment: {payment.Key} of {order.Kind} was captured {captured.Length} times";
        if (captured.Any(capture => capture.Amount != order.Total))
            yield return $"payment: {payment.Key} of {order.Kind} captured another amount than {order.Total}";
        if (captured.Count(capture => capture.RefundedBy is null) != (order.Completes ? 1 : 0))
            yield return $"payment: {payment.Key} of {order.Kind} keeps {captured.Count(capture => capture.RefundedBy is null)} captures";
        var refunds = own.Count(operation => operation.Operation == "refund");
        if (refunds != (order.PaymentState == "Refunded" ? 1 : 0))
            yield return $"payment: {payment.Key} of {order.Kind} was refunded {refunds} times";
    }

    static IEnumerable<string> Shipment(Books books, SampleOrder order)
    {
        var status = books.Shipments.GetValueOrDefault(order.Id);
        if (order.Completes ? status != "arranged" : status is not (null or "cancelled"))
            yield return $"shipment: that of {order.Kind} {order.Id} is {status ?? "missing"}";
    }

    static StoredWorkflow? PaymentOf(Books books, SampleOrder order)
    {
        var data = books.Workflows.SingleOrDefault(workflow => workflow.Id == order.Id)?.Data;
        return data is { ValueKind: JsonValueKind.Object } && data.Value.TryGetProperty("paymentId", out var id)
            ? books.Workflows.SingleOrDefault(workflow => workflow.Type == "payment" && workflow.Id == id.GetGuid())
            : null;
    }

    static int Finishes(Books books, Guid workflow) =>
        books.Journal.Where(row => row.WorkflowId == workflow).SelectMany(EntriesOf).Count(entry => Kind(entry) == "finished");

    static IEnumerable<JsonElement> EntriesOf(JournalRow row) => JsonDocument.Parse(row.Entries).RootElement.EnumerateArray();

    static string Kind(JsonElement entry) => Text(entry, "kind");

    static string Text(JsonElement entry, string member) => entry.GetProperty(member).GetString()!;
}
