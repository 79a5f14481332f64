namespace OrleansIot.Storage.Tests.Sqlite.PowerCuts;

/// <summary>
/// What was asked of the disk for the files of one folder, in order, and among it what was promised to others meanwhile. From that
/// come the files as a power cut at any moment may leave them: what was flushed is there; of what was written since, each sector
/// has some of it, all or none, whatever its neighbours have.
/// </summary>
/// <remarks>
/// As SQLite assumes of a disk (https://www.sqlite.org/atomiccommit.html#_hardware_assumptions), with sectors that are written whole;
/// 512 bytes are the smallest there are. That a file was made or deleted counts as done at once: SQLite flushes the folder itself.
/// </remarks>
internal sealed class RecordedDisk(IReadOnlyDictionary<string, byte[]> start)
{
    private const int Sector = 512;

    private readonly Lock _lock = new();
    private readonly List<Operation> _operations = [];

    /// <summary>Makes a file of what of it is not flushed, sector by sector.</summary>
    public enum Fate
    {
        Nothing,
        Everything,
        SomeOfEachSector,
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _operations.Count;
        }
    }

    public void Write(string file, long offset, byte[] bytes) => Add(new Operation.Written(file, offset, bytes));

    public void Truncate(string file, long length) => Add(new Operation.Truncated(file, length));

    public void Delete(string file) => Add(new Operation.Deleted(file));

    /// <param name="from"><see cref="Count"/> when the flush began: what came later it need not have had.</param>
    public void Flushed(string file, int from) => Add(new Operation.Flushed(file, from));

    /// <summary>Somebody was told that it is stored.</summary>
    public void Promise(string subject, long number) => Add(new Operation.Promised(subject, number));

    /// <summary>A file that is written without being asked for by a call: as it is now.</summary>
    public void Saw(string file, byte[] content) => Add(new Operation.Seen(file, content));

    /// <summary>Where a cut is most likely to hurt: around flushes of, and writes to, anything but the log's end.</summary>
    public IReadOnlyList<int> Delicate()
    {
        lock (_lock)
        {
            return [.. Enumerable.Range(0, _operations.Count).Where(i => _operations[i] is Operation.Flushed or Operation.Truncated
                || (_operations[i] is Operation.Written written && (written.Offset == 0 || !written.File.EndsWith("-wal", StringComparison.Ordinal))))];
        }
    }

    /// <summary>The highest number promised of each subject before the cut.</summary>
    public Dictionary<string, long> Promises(int cut)
    {
        var promises = new Dictionary<string, long>(StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var promised in _operations.Take(cut).OfType<Operation.Promised>())
                promises[promised.Subject] = promised.Number;
        }

        return promises;
    }

    /// <summary>The files after a power cut behind the first <paramref name="cut"/> operations.</summary>
    public Dictionary<string, byte[]> After(int cut, Fate fate, Random random)
    {
        Operation[] operations;
        lock (_lock)
            operations = [.. _operations.Take(cut)];

        var files = start.ToDictionary(file => file.Key, file => new CutFile(file.Value), StringComparer.Ordinal);
        for (var i = 0; i < operations.Length; i++)
        {
            switch (operations[i])
            {
                case Operation.Deleted deleted:
                    files.Remove(deleted.File);
                    break;
                case Operation.Flushed flushed:
                    Of(flushed.File).Flush(flushed.From);
                    break;
                case Operation.Seen seen:
                    Of(seen.File).See(seen.Content);
                    break;
                case Operation.Changed changed:
                    Of(changed.File).Add(i, changed);
                    break;
            }
        }

        return files.ToDictionary(file => file.Key, file => file.Value.Cut(fate, random), StringComparer.Ordinal);

        CutFile Of(string file) => files.TryGetValue(file, out var known) ? known : files[file] = new CutFile([]);
    }

    private void Add(Operation operation)
    {
        lock (_lock)
            _operations.Add(operation);
    }

    private abstract record Operation
    {
        public abstract record Changed(string File) : Operation;

        public sealed record Written(string File, long Offset, byte[] Bytes) : Changed(File);

        public sealed record Truncated(string File, long Length) : Changed(File);

        public sealed record Deleted(string File) : Operation;

        public sealed record Flushed(string File, int From) : Operation;

        public sealed record Promised(string Subject, long Number) : Operation;

        public sealed record Seen(string File, byte[] Content) : Operation;
    }

    private sealed class CutFile
    {
        private readonly MemoryStream _flushed = new();
        private readonly List<byte[]> _seen = [];
        private List<(int Index, Operation.Changed Change)> _since = [];

        public CutFile(byte[] content) => _flushed.Write(content);

        public void Add(int index, Operation.Changed change) => _since.Add((index, change));

        public void See(byte[] content) => _seen.Add(content);

        public void Flush(int from)
        {
            foreach (var (_, change) in _since.Where(operation => operation.Index < from))
                Apply(_flushed, change, (_, _) => true);

            _since = [.. _since.Where(operation => operation.Index >= from)];
        }

        public byte[] Cut(Fate fate, Random random)
        {
            // The system writes it back when it likes.
            if (_seen.Count > 0)
                return fate == Fate.Everything ? _seen[^1] : _seen[random.Next(_seen.Count)];

            var content = new MemoryStream();
            content.Write(_flushed.ToArray());
            var taken = new Dictionary<long, int>();
            for (var i = 0; fate != Fate.Nothing && i < _since.Count; i++)
            {
                if (fate == Fate.Everything)
                    Apply(content, _since[i].Change, (_, _) => true);
                else if (_since[i].Change is not Operation.Truncated || random.Next(2) == 0)
                    Apply(content, _since[i].Change, (sector, number) => number < Taken(sector), i);
            }

            return content.ToArray();

            // Of the writes to one sector the first so many: the system writes back what it has in memory, at some moment.
            int Taken(long sector) => taken.TryGetValue(sector, out var known) ? known : taken[sector] = random.Next(_since.Count + 1);
        }

        private static void Apply(MemoryStream content, Operation.Changed change, Func<long, int, bool> isTaken, int number = 0)
        {
            if (change is Operation.Truncated truncated)
            {
                content.SetLength(truncated.Length);
                return;
            }

            var (offset, bytes) = change is Operation.Written written ? (written.Offset, written.Bytes) : default;
            for (var at = 0; at < bytes!.Length;)
            {
                var sector = (offset + at) / Sector;
                var length = (int)Math.Min(bytes.Length - at, ((sector + 1) * Sector) - offset - at);
                if (isTaken(sector, number))
                {
                    content.Position = offset + at;
                    content.Write(bytes, at, length);
                }

                at += length;
            }
        }
    }
}
