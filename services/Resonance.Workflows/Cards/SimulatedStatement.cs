using System.Globalization;
using System.Text;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Cards;

/// <summary>The simulated provider's statement, written as it is read: one page of its books is in memory, however long it is.</summary>
sealed class SimulatedStatement(IDatabase database, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) : Stream
{
    const int LinesOfPage = 1000;

    byte[] _page = Encoding.UTF8.GetBytes(string.Join(',', StatementFormat.Columns) + "\n");
    int _read;
    bool _isLast;
    (string At, string Key) _last = ("", "");

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_read == _page.Length)
        {
            if (_isLast)
                return 0;
            await TurnPageAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _page.Length - _read);
        _page.AsMemory(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The statement comes from a database; read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    async Task TurnPageAsync(CancellationToken cancellationToken)
    {
        var lines = await database.TransactAsync(
            (connection, transaction, token) => ReadPageAsync(new WorkerTransaction(connection, transaction), token), cancellationToken);
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line.ToCsv()).Append('\n');

        _page = Encoding.UTF8.GetBytes(text.ToString());
        _read = 0;
        _isLast = lines.Count < LinesOfPage;
        if (lines is [.., var last])
            _last = (last.RecordedAt, last.Key);
    }

    /// <summary>
    /// A refund is told with its capture's amount, since it gives back the whole of it; a second one of the same capture paid
    /// nothing.
    /// </summary>
    Task<IReadOnlyList<Line>> ReadPageAsync(WorkerTransaction books, CancellationToken cancellationToken) => books.QueryAsync(
        $"""
        SELECT
            done.recorded_at, done.idempotency_key, done.operation,
            captured.capture_id, captured.token, captured.amount, captured.currency
        FROM card_operation done
        JOIN card_operation captured
            ON captured.idempotency_key = CASE WHEN done.operation = 'refund' THEN done.capture_id ELSE done.idempotency_key END
        WHERE done.recorded_at >= @from AND done.recorded_at < @to AND (done.recorded_at, done.idempotency_key) > (@at, @key)
            AND done.posted_at <= @now AND captured.capture_id <> ''
            AND (done.operation = 'capture' OR (done.operation = 'refund' AND captured.refunded_by = done.idempotency_key))
        ORDER BY done.recorded_at, done.idempotency_key
        LIMIT {LinesOfPage}
        """,
        [
            ("@from", StoredForms.OfTime(from)),
            ("@to", StoredForms.OfTime(to)),
            ("@at", _last.At),
            ("@key", _last.Key),
            ("@now", StoredForms.OfTime(now)),
        ],
        row => new Line(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6)),
        cancellationToken);

    sealed record Line(string RecordedAt, string Key, string Operation, string CaptureId, string Token, string Amount, string Currency)
    {
        public string ToCsv()
        {
            var amount = decimal.Parse(Amount, CultureInfo.InvariantCulture) + (SimulatedCards.Find(Token)?.MispostedBy ?? 0);
            return string.Create(CultureInfo.InvariantCulture, $"{Operation},{CaptureId},{amount:0.00##},{Currency},{RecordedAt}");
        }
    }
}
