using System.Text;
using Resonance.Workflows.Cards;

namespace Resonance.Tests.Workflows.Reconciliation;

/// <summary>A statement of any length that is never in memory as a whole.</summary>
sealed class GeneratedStatement(int lines, Func<int, string> line) : Stream
{
    byte[] _written = Encoding.UTF8.GetBytes(string.Join(',', StatementFormat.Columns) + "\n");
    int _read;
    int _next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read == _written.Length && _next < lines)
        {
            var text = new StringBuilder();
            for (var last = Math.Min(_next + 1000, lines); _next < last; _next++)
                text.Append(line(_next)).Append('\n');
            (_written, _read) = (Encoding.UTF8.GetBytes(text.ToString()), 0);
        }

        var count = Math.Min(buffer.Length, _written.Length - _read);
        _written.AsSpan(_read, count).CopyTo(buffer.Span);
        _read += count;
        return ValueTask.FromResult(count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
