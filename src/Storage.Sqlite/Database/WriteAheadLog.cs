using System.Buffers.Binary;
using OrleansIot.Application;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>
/// Looks at the write-ahead log before SQLite does. SQLite takes it up to the first frame whose checksum does not fit and drops the
/// rest without a word: right for a commit that was torn by a crash, which nobody was promised, and a silent loss where a byte of a
/// commit that was acknowledged has gone bad. Worse, pages of the rest that a checkpoint had already copied would then be mixed with
/// older ones of the part that is taken.
/// </summary>
/// <remarks>
/// How far the log went is known from the header of its index (<c>-shm</c>), which the process wrote at each commit and which outlives
/// its death; SQLite itself does not believe it, as it says nothing after a power cut. It is never ahead of the log, since a commit is
/// flushed before it is entered. Without it, two whole commits behind a broken frame are evidence enough: the second was begun only
/// when the first was on the disk. (The format: https://www.sqlite.org/fileformat2.html#walformat and walformat.html.)
/// </remarks>
internal sealed class WriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const int IndexHeaderLength = 48;
    private const int BackfillOffset = 2 * IndexHeaderLength;
    private const uint Magic = 0x377F0682;
    private const uint FormatVersion = 3_007_000;

    private readonly string _file;

    private WriteAheadLog(string databaseFile) => _file = databaseFile + "-wal";

    /// <summary>Frames that are whole, up to the end of a commit.</summary>
    public int Committed { get; private set; }

    /// <summary>Where the rest of it begins, in bytes.</summary>
    public long CommittedBytes { get; private set; }

    /// <summary>Commits that end, as they were written, behind the first frame that is not.</summary>
    public int CommitsBehind { get; private set; }

    /// <summary>Frames that the process which wrote it had committed; null: nothing tells.</summary>
    public int? Promised { get; private set; }

    /// <summary>Of those, the ones that are in the database file as well.</summary>
    public int Copied { get; private set; }

    public bool IsDamaged => Promised is { } promised ? Committed < promised : CommitsBehind >= 2;

    /// <summary>Whether nothing is lost when all of it is left away.</summary>
    public bool IsDispensable => Promised is { } promised && Copied >= promised;

    public static WriteAheadLog Read(string databaseFile)
    {
        var log = new WriteAheadLog(databaseFile);
        using var file = File.Exists(log._file) ? new FileStream(log._file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : Stream.Null;
        Span<byte> salts = stackalloc byte[8];
        var hasHeader = log.ReadFrames(file, salts);
        log.ReadIndex(databaseFile + "-shm", salts, hasHeader);
        return log;
    }

    /// <exception cref="StoreException">Commits that were acknowledged are not in it.</exception>
    public void Verify()
    {
        if (IsDamaged)
            throw new StoreException($"{_file} is damaged: {this} Commits that were acknowledged are missing. Restore a backup, or run the command 'repair', which goes on without them and says what it can of them.") { Code = SqliteErrors.Damaged };
    }

    public override string ToString() => Promised is { } promised
        ? $"from byte {CommittedBytes} on it is not what was written; {promised - Committed} of {promised} pages are gone."
        : $"from byte {CommittedBytes} on it is not what was written, and at least {CommitsBehind} commits end behind that.";

    private bool ReadFrames(Stream file, Span<byte> salts)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || (Word(header) & ~1u) != Magic)
            return false;

        var isBigEndian = (Word(header) & 1) != 0;
        var sum = Checksum(header[..24], default, isBigEndian);
        var pageSize = (int)Word(header[8..]);
        if (sum != (Word(header[24..]), Word(header[28..])) || pageSize is < 512 or > 65_536)
            return false;

        header[16..24].CopyTo(salts);
        CommittedBytes = HeaderLength;
        var frame = new byte[FrameHeaderLength + pageSize];
        var isWhole = true;
        var before = sum;
        for (var count = 1; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; count++)
        {
            // Frames of a round before this one are no part of it.
            var isOfThisRound = frame.AsSpan(8, 8).SequenceEqual(salts);
            var endsCommit = Word(frame.AsSpan(4)) != 0;
            var stated = (Word(frame.AsSpan(16)), Word(frame.AsSpan(20)));

            // Each checksum goes on from the one that the frame before it states: behind a broken frame, too, it tells a frame that
            // was written whole from the sectors that a power cut left of one, over a frame of a round before.
            var follows = isOfThisRound && stated == Checksum(frame.AsSpan(FrameHeaderLength), Checksum(frame.AsSpan(0, 8), before, isBigEndian), isBigEndian);
            isWhole &= follows;
            before = stated;
            if (isWhole && endsCommit)
                (Committed, CommittedBytes) = (count, HeaderLength + ((long)count * frame.Length));
            else if (follows && endsCommit)
                CommitsBehind++;
        }

        return true;
    }

    private void ReadIndex(string file, ReadOnlySpan<byte> salts, bool hasHeader)
    {
        Span<byte> index = stackalloc byte[BackfillOffset + 4];
        if (!File.Exists(file))
            return;

        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (stream.ReadAtLeast(index, index.Length, throwOnEndOfStream: false) < index.Length)
                return;
        }

        // Two copies, written one after the other: where they differ, the process died in between.
        var header = index[..IndexHeaderLength];
        if (!header.SequenceEqual(index[IndexHeaderLength..BackfillOffset]) || Native(header) != FormatVersion || header[12] == 0
            || Checksum(header[..40], default, isBigEndian: !BitConverter.IsLittleEndian) != (Native(header[40..]), Native(header[44..])))
        {
            return;
        }

        // Of a round before this one, when it was not written back before a power cut. (A log without a header has no round.)
        if (hasHeader && !header[32..40].SequenceEqual(salts))
            return;

        Promised = (int)Native(header[16..]);
        Copied = (int)Native(index[BackfillOffset..]);
    }

    private static (uint, uint) Checksum(ReadOnlySpan<byte> bytes, (uint First, uint Second) sum, bool isBigEndian)
    {
        var (first, second) = sum;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var (a, b) = isBigEndian
                ? (Word(bytes), Word(bytes[4..]))
                : (BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
            first += a + second;
            second += b + first;
        }

        return (first, second);
    }

    private static uint Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static uint Native(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt32(bytes);
}
