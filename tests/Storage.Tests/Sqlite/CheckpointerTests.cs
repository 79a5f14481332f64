using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class CheckpointerTests : IDisposable
{
    private const int Pages = 50;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("orleansiot-");
    private readonly RememberedLog _log = new();

    private string DatabaseFile => Path.Combine(_directory.FullName, "test.db");

    [Fact]
    public void The_log_is_started_anew_although_commits_never_cease()
    {
        using var database = Open();
        using var checkpointer = new Checkpointer(Open, _log, Pages);
        checkpointer.Start();

        var rounds = 0;
        for (var commit = 0; rounds < 3 && commit < 50_000; commit++)
        {
            Commit(database);
            checkpointer.Committed(database);
            rounds = Rounds();
        }

        Assert.Equal(3, rounds);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_copy_that_fails_is_told_once_and_tried_again()
    {
        using var database = Open();
        var refused = 0;
        using var checkpointer = new Checkpointer(() => Interlocked.Increment(ref refused) <= 3 ? throw new StoreException("no more files", isTransient: true) : Open(), _log, Pages);
        checkpointer.Start();

        for (var commit = 0; Rounds() < 1 && commit < 50_000; commit++)
        {
            Commit(database);
            checkpointer.Committed(database);
        }

        Assert.Equal((4, 1), (refused, Rounds()));
        Assert.Equal([(LogLevel.Warning, 3007)], _log.Lines.Select(line => (line.Level, line.Id)));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static void Commit(SqliteDatabase database)
    {
        database.Execute("BEGIN IMMEDIATE");
        database.Statement("INSERT INTO row(body) VALUES(?)").Bind(new byte[20_000]).Run();
        database.Execute("COMMIT");
    }

    private SqliteDatabase Open()
    {
        var database = SqliteDatabase.Open(DatabaseFile, readOnly: false, TimeSpan.FromSeconds(2));
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0; CREATE TABLE IF NOT EXISTS row(body)");
        return database;
    }

    /// <summary>How often the log was started anew: its header counts them (https://www.sqlite.org/fileformat2.html#walformat).</summary>
    private int Rounds()
    {
        using var file = new FileStream(DatabaseFile + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> header = stackalloc byte[16];
        file.ReadExactly(header);
        return BinaryPrimitives.ReadInt32BigEndian(header[12..]);
    }
}
