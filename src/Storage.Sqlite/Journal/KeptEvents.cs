using System.Runtime.CompilerServices;
using OrleansIot.Application;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>
/// The events of one device from the form that outlives the log: chunks of readings, the chunks of all else, and what is in
/// neither yet. The versions that no other event has are the readings'. Keys of messages are not kept: a repeated message is
/// known by the snapshot, which has the window of them.
/// </summary>
internal sealed class KeptEvents(ReadConnections readers, DamageFound damage)
{
    /// <summary>Version of the first event that is kept in this form.</summary>
    public async ValueTask<long> FirstVersion(KnownDevice known, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        long? buffered;
        lock (known.Lock)
            buffered = known.Buffer?.FirstVersion;

        reader.Freeze();
        return FirstStored(reader.Statement, known) ?? buffered ?? long.MaxValue;
    }

    /// <summary>Of the stored ones; null with none.</summary>
    public static long? FirstStored(Func<string, SqliteStatement> statement, KnownDevice known)
    {
        const string First =
            """
            SELECT min(first_version) FROM (
                SELECT * FROM (SELECT first_version FROM reading_chunk WHERE device = ?1 AND last_version > 0 ORDER BY last_version LIMIT 1)
                UNION ALL SELECT * FROM (SELECT first_version FROM device_event WHERE device = ?1 ORDER BY last_version LIMIT 1))
            """;
        using var first = statement(First).Bind(known.Id);
        return first.Step() ? first.OptionalInt64(0) : null;
    }

    /// <summary>In pieces of one chunk: a slow reader holds no connection, and what is flushed or merged meanwhile is met as it then is.</summary>
    public async IAsyncEnumerable<JournaledEvent> Read(KnownDevice known, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long through;
        lock (known.Lock)
            through = known.Tail.LastVersion;

        while (true)
        {
            var (events, isLast) = await Whole(NextPiece(known, afterVersion, cancellation));
            foreach (var journaled in events)
            {
                // What expired since the reader began is no damage.
                if (journaled.Version != afterVersion + 1 && journaled.Version - 1 > known.Past.DroppedThrough)
                    throw Lost(known, afterVersion + 1, journaled.Version - 1);

                afterVersion = journaled.Version;
                yield return journaled;
            }

            if (!isLast)
                continue;

            if (afterVersion < through && through > known.Past.DroppedThrough)
                throw Lost(known, afterVersion + 1, through);

            yield break;
        }
    }

    /// <summary>What is stored in the first piece after that version: a chunk and what is between its readings, or all that is behind the last. Null with nothing.</summary>
    /// <exception cref="StoreException">It is not what was written.</exception>
    public static List<JournaledEvent>? StoredPiece(Func<string, SqliteStatement> statement, KnownDevice known, long after)
    {
        const string Next =
            "SELECT id, device, first_at, last_at, count, body, checksum, first_version, last_version FROM reading_chunk WHERE device = ? AND last_version > ? ORDER BY last_version LIMIT 1";
        using (var chunk = statement(Next).Bind(known.Id).Bind(after))
        {
            if (chunk.Step())
            {
                if (!StoredChecksum.FitsChunk(chunk))
                    throw Damaged($"Chunk {chunk.Int64(0)} of the history, of {known.Device}, is not what was written.");

                var (first, last) = (chunk.Int64(7), chunk.Int64(8));
                return Join(known, chunk.Blob(5).ToArray(), (first, last), Others(statement, known, Math.Min(after + 1, first), last), after, last);
            }
        }

        return Others(statement, known, after + 1, long.MaxValue).Where(other => other.Version > after).ToList() is { Count: > 0 } rest ? rest : null;
    }

    private static StoreException Damaged(string what) => new($"{what} Restore a backup, or run the command 'repair', which leaves it out.") { Code = SqliteErrors.Damaged };

    private static StoreException Lost(KnownDevice known, long from, long through) =>
        new($"What happened to {known.Device} from version {from} to {through} is lost; what was before and came after can be read.") { Code = SqliteErrors.Damaged };

    private async ValueTask<T> Whole<T>(ValueTask<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (StoreException e) when (e.Code == SqliteErrors.Damaged)
        {
            damage.Add(e.Message);
            throw;
        }
    }

    private async ValueTask<(List<JournaledEvent> Events, bool IsLast)> NextPiece(KnownDevice known, long after, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        byte[] readings = [];
        byte[]? others = null;
        (long First, long Last) versions = default;

        // The buffer first: what is flushed in between is then in both, and what the file has goes before.
        lock (known.Lock)
        {
            if (known.Buffer is { } buffer)
            {
                (readings, others) = (buffer.Bytes.ToArray(), buffer.Others?.Bytes.ToArray());
                versions = (buffer.FirstReading, buffer.LastReading);
            }
        }

        reader.Freeze();

        return StoredPiece(reader.Statement, known, after) is { } stored
            ? (stored, false)
            : (Join(known, readings, versions, others is null ? [] : EventChunk.Read(others), after, long.MaxValue), true);
    }

    private static List<JournaledEvent> Others(Func<string, SqliteStatement> statement, KnownDevice known, long from, long through)
    {
        var others = new List<JournaledEvent>();
        using var rows = statement("SELECT first_version, body FROM device_event WHERE device = ? AND last_version >= ? ORDER BY last_version").Bind(known.Id).Bind(from);
        while (rows.Step() && rows.Int64(0) <= through)
        {
            try
            {
                others.AddRange(EventChunk.ReadStored(rows.Blob(1)));
            }
            catch (InvalidDataException e)
            {
                throw Damaged($"Stored events of {known.Device} from version {rows.Int64(0)} on are not what was written: {e.Message}");
            }
        }

        return others;
    }

    /// <param name="versions">Of the first and the last reading.</param>
    /// <param name="others">All there are from the first reading on; those before it are taken too.</param>
    /// <param name="through">What is beyond belongs to the next piece.</param>
    private static List<JournaledEvent> Join(KnownDevice known, byte[] chunk, (long First, long Last) versions, List<JournaledEvent> others, long after, long through)
    {
        var joined = new List<JournaledEvent>();
        var next = 0;
        var version = versions.First;
        var readings = chunk.Length == 0 ? null : new ReadingChunkReader(chunk);
        while (readings?.Read() == true)
        {
            for (; next < others.Count && others[next].Version <= version; next++)
            {
                if (others[next].Version == version)
                    version++;

                Add(others[next]);
            }

            Add(new JournaledEvent(version++, new TwinEvent.ReadingRecorded(readings.ToReading(), MessageKey.None)));
        }

        if (version - 1 != versions.Last && versions.Last != 0)
            throw new StoreException($"The readings of {known.Device} from version {versions.First} to {versions.Last} do not fit its other events: some of these are lost. Restore a backup; what was before and came after can be read.") { Code = SqliteErrors.Damaged };

        for (; next < others.Count && others[next].Version <= through; next++)
            Add(others[next]);

        return joined;

        void Add(JournaledEvent journaled)
        {
            if (journaled.Version > after)
                joined.Add(journaled);
        }
    }
}
