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
internal sealed class KeptEvents(ReadConnections readers)
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
        while (true)
        {
            var (events, isLast) = await NextPiece(known, afterVersion, cancellation);
            foreach (var journaled in events)
                yield return journaled;

            if (isLast)
                yield break;

            afterVersion = events[^1].Version;
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

        using (var chunk = reader.Statement("SELECT first_version, last_version, body FROM reading_chunk WHERE device = ? AND last_version > ? ORDER BY last_version LIMIT 1")
            .Bind(known.Id).Bind(after))
        {
            if (chunk.Step())
            {
                var (first, last) = (chunk.Int64(0), chunk.Int64(1));
                var between = Others(reader, known, Math.Min(after + 1, first), last);
                return (Join(known, chunk.Blob(2).ToArray(), (first, last), between, after, last), false);
            }
        }

        if (Others(reader, known, after + 1, long.MaxValue).Where(other => other.Version > after).ToList() is { Count: > 0 } rest)
            return (rest, false);

        return (Join(known, readings, versions, others is null ? [] : EventChunk.Read(others), after, long.MaxValue), true);
    }

    private static List<JournaledEvent> Others(ReadConnection reader, KnownDevice known, long from, long through)
    {
        var others = new List<JournaledEvent>();
        using var rows = reader.Statement("SELECT first_version, body FROM device_event WHERE device = ? AND last_version >= ? ORDER BY last_version").Bind(known.Id).Bind(from);
        while (rows.Step() && rows.Int64(0) <= through)
            others.AddRange(EventChunk.ReadStored(rows.Blob(1)));

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
            throw new StoreException($"The readings of {known.Device} up to version {versions.Last} do not fit its other events. Restore the data directory from a backup.");

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
