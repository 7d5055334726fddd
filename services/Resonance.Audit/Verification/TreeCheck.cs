using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>
/// Builds the Merkle tree anew from the ledger's leaves and holds it against everything that is stored or signed of it. It goes block by
/// block: where one does not give the hash that is stored of it, the journal tells which of its leaves were edited.
/// </summary>
sealed class TreeCheck(
    AuditSession session, JournalScan journal, SignedRoots signed, VerificationProgress progress, Action<VerificationFinding> found)
{
    const int BehindMax = 16;

    static readonly StoreText ReadSubtrees = new(
        """
        SELECT "index", hash FROM subtree WHERE level = @level AND "index" >= @first ORDER BY "index" LIMIT 4096
        """);

    readonly HashSet<long> _edited = [];
    LedgerState _ledger = new(0, []);
    readonly List<LedgerGap> _gaps = [];

    /// <summary>The tree over whole blocks; each is one of its leaves.</summary>
    readonly Frontier _blocks = Frontier.Empty();

    readonly Dictionary<int, Queue<(long Index, byte[] Hash)>> _stored = [];
    readonly Dictionary<int, long> _storedUpTo = [];

    /// <summary>From here on nothing can be said about roots, since leaves and the hash over them are gone.</summary>
    bool _lost;

    public long Size => _ledger.Size;

    /// <summary>Leaves whose hash was edited, as the hash over their block proves.</summary>
    public IReadOnlySet<long> EditedLeaves => _edited;

    /// <summary>Where leaves are gone from between others.</summary>
    public IReadOnlyList<LedgerGap> Gaps => _gaps;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _ledger = await LedgerState.ReadAsync(session, cancellationToken);
        var size = _ledger.Size;
        progress.Begin("leaves of the ledger", size);
        TreeBlock? block = null;
        var behind = 0;
        await foreach (var leaf in LedgerRows.ByLeafAsync(session, cancellationToken))
        {
            if (leaf.Index >= size)
            {
                if (behind++ < BehindMax)
                    ReportBehind(leaf);
                continue;
            }

            for (var number = leaf.Index / TreeBlock.FullLength; block is null || block.Number < number;)
                block = await NextAsync(block, cancellationToken);
            block.Put(leaf);
            progress.Advance(1);
        }

        await FinishAsync(block, cancellationToken);
    }

    TreeBlock BlockOf(long number) => new(number, (int)Math.Min(TreeBlock.FullLength, Size - number * TreeBlock.FullLength));

    async Task<TreeBlock> NextAsync(TreeBlock? block, CancellationToken cancellationToken)
    {
        if (block is not null)
            await CheckFullAsync(block, cancellationToken);
        return BlockOf((block?.Number ?? -1) + 1);
    }

    /// <summary>What is left when no more leaves come: blocks of which none came, and the last one, which the ledger's frontier knows.</summary>
    async Task FinishAsync(TreeBlock? block, CancellationToken cancellationToken)
    {
        if (Size > 0)
            block ??= BlockOf(0);
        var last = block?.Leaves.Count(leaf => leaf is not null) is { } there and > 0 ? LastOf(block) + 1 : block?.First ?? 0;
        if (last < Size)
        {
            Report(
                FindingKind.LedgerTruncated, null,
                $"The ledger has {Size:N0} steps by its own account, and its leaves end before number {last:N0}: {Size - last:N0} were cut off.");
            if (block is { IsFull: true, IsWhole: true })
                await CheckFullAsync(block, cancellationToken);
            else if (block is not null)
                MeetInside(block, [.. block.Leaves.TakeWhile(leaf => leaf is not null).Select(leaf => leaf!.Hash)]);
            return;
        }

        if (block is { IsFull: true })
        {
            await CheckFullAsync(block, cancellationToken);
            block = null;
        }

        if (_ledger.Frontier is null)
            found(_ledger.Changed());
        else if (!_lost)
            await CheckEndAsync(block, cancellationToken);
    }

    async Task CheckFullAsync(TreeBlock block, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(1, block.Number, cancellationToken);
        if (!block.IsWhole)
        {
            _gaps.Add(new LedgerGap(block, rows => stored is not null && JournalHash.Same(TreeBlock.FrontierOf(rows).Root(), stored)));
            if (stored is null)
                _lost = true;
            else
                await AppendBlockAsync(stored, cancellationToken);
            return;
        }

        var hashes = block.RowHashes();
        var root = TreeBlock.FrontierOf(hashes).Root();
        if (stored is null)
        {
            Report(FindingKind.SubtreeChanged, null, $"The stored hash of {NameOf(block)} is gone.");
        }
        else if (!JournalHash.Same(stored, root))
        {
            hashes = await MendAsync(block, mended => JournalHash.Same(TreeBlock.FrontierOf(mended).Root(), stored), cancellationToken)
                ?? ReportBlock(block);
            root = TreeBlock.FrontierOf(hashes).Root();
        }

        MeetInside(block, hashes);
        await AppendBlockAsync(root, cancellationToken);
    }

    async Task CheckEndAsync(TreeBlock? block, CancellationToken cancellationToken)
    {
        var full = _blocks.ToBytes();
        var end = _ledger.Nodes[full.Length..];
        byte[][] hashes = [];
        if (block is not null)
        {
            if (!block.IsWhole)
            {
                _gaps.Add(new LedgerGap(block, Fits));
                return;
            }

            hashes = block.RowHashes();
            if (!Fits(hashes))
                hashes = await MendAsync(block, Fits, cancellationToken) ?? hashes;
            MeetInside(block, hashes);
        }

        if (!_ledger.Nodes.AsSpan().StartsWith(full) || !Fits(hashes))
            found(_ledger.Changed());

        bool Fits(byte[][] rows) => TreeBlock.FrontierOf(rows).ToBytes().AsSpan().SequenceEqual(end);
    }

    /// <summary>Puts the journal's hashes in place of those that differ; null when that does not give what was stored either.</summary>
    async Task<byte[][]?> MendAsync(TreeBlock block, Func<byte[][], bool> fits, CancellationToken cancellationToken)
    {
        var places = new Dictionary<(Guid, long), Leaf>();
        foreach (var leaf in block.Leaves.OfType<Leaf>())
            places.TryAdd((leaf.WorkflowId, leaf.Sequence), leaf);
        var mended = block.RowHashes();
        var edited = new List<long>();
        await foreach (var step in journal.ReadAsync(places.Keys, cancellationToken))
        {
            var leaf = places[(step.Row.WorkflowId, step.Row.Sequence)];
            if (JournalHash.Same(step.Row.Hash, leaf.Hash) || !JournalHash.Is(step.Row, step.Row.Hash))
                continue;
            mended[leaf.Index - block.First] = step.Row.Hash;
            edited.Add(leaf.Index);
        }

        if (edited.Count == 0 || !fits(mended))
            return null;

        _edited.UnionWith(edited);
        return mended;
    }

    async Task AppendBlockAsync(byte[] root, CancellationToken cancellationToken)
    {
        if (_lost)
            return;

        var completed = new List<Subtree>();
        _blocks.AppendLeaf(root, completed);
        foreach (var (level, index, hash) in completed)
        {
            // The blocks are themselves subtrees of the first kept level.
            var stored = await StoredAsync(level + 1, index, cancellationToken);
            if (stored is null || !JournalHash.Same(stored, hash))
            {
                Report(
                    FindingKind.SubtreeChanged, null,
                    $"The stored hash of level {level + 1}, number {index}, is {(stored is null ? "gone" : "not the one that the leaves below it give")}.");
            }
        }

        var size = _blocks.Size * TreeBlock.FullLength;
        if (signed.Has(size))
            signed.Meet(size, _blocks.Root());
    }

    /// <summary>Holds the roots at the sizes within the block against what was signed; the size at the end of a full one comes with the block.</summary>
    void MeetInside(TreeBlock block, byte[][] hashes)
    {
        if (_lost || !Enumerable.Range(1, hashes.Length).Any(count => signed.Has(block.First + count)))
            return;

        var frontier = Frontier.Empty();
        var completed = new List<Subtree>();
        foreach (var hash in hashes)
        {
            frontier.Append(hash, completed);
            var size = block.First + frontier.Size;
            if (frontier.Size < TreeBlock.FullLength && signed.Has(size))
                signed.Meet(size, Frontier.Parse(size, [.. _blocks.ToBytes(), .. frontier.ToBytes()]).Root());
        }
    }

    /// <summary>The stored subtree. They are asked for in order, so that each level is read once.</summary>
    async Task<byte[]?> StoredAsync(int level, long index, CancellationToken cancellationToken)
    {
        if (!_stored.TryGetValue(level, out var queue))
            _stored.Add(level, queue = new Queue<(long, byte[])>());
        while (queue.Count > 0 && queue.Peek().Index < index)
            queue.Dequeue();
        if (queue.Count == 0 && _storedUpTo.GetValueOrDefault(level, -1) < index)
        {
            var page = session.QueryAsync(
                ReadSubtrees, row => (row.Number(0), row.Bytes(1)), cancellationToken, ("@level", (long)level), ("@first", index));
            await foreach (var subtree in page)
                queue.Enqueue(subtree);
            _storedUpTo[level] = queue.Count > 0 ? queue.Last().Index : long.MaxValue;
        }

        return queue.Count > 0 && queue.Peek().Index == index ? queue.Dequeue().Hash : null;
    }

    void ReportBehind(Leaf leaf) => Report(
        FindingKind.LedgerRowInserted, leaf,
        $"The ledger ends before leaf {Size}, and step {leaf.Sequence} of {leaf.Key} stands behind it as leaf {leaf.Index}.");

    byte[][] ReportBlock(TreeBlock block)
    {
        Report(
            FindingKind.SubtreeChanged, null,
            $"The stored hash of {NameOf(block)} is not the one that they give: it was changed, or leaves among them were, in the journal as well.");
        return block.RowHashes();
    }

    void Report(string kind, Leaf? leaf, string detail) =>
        found(new VerificationFinding(kind, leaf?.WorkflowId, leaf?.Key, leaf?.Sequence, detail));

    static long LastOf(TreeBlock block) => block.Leaves.OfType<Leaf>().Last().Index;

    static string NameOf(TreeBlock block) => $"the leaves {block.First} to {block.First + block.Length - 1}";
}
