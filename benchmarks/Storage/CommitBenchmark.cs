using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Benchmarks.Storage;

/// <summary>
/// What the settings of the group commit are worth, without anything around it: rows of the log as one thread commits them, each
/// flushed before the next begins. A commit is one row, as long as its events together.
/// </summary>
internal static class CommitBenchmark
{
    private const int Rounds = 3;

    // A reading of six metrics.
    private const int BytesPerEvent = 75;

    // Ten checkpoints of 16 MiB in large batches.
    private const int MostEvents = 2_000_000;
    private const int MostCommits = 4_000;

    private static readonly int[] Batches = [1, 10, 50, 200, 500, 1_000, 2_000];
    private static readonly int[] PageBytes = [1_024, 4_096, 8_192, 16_384];
    private static readonly int[] LogPages = [1_000, 4_096, 16_384];

    public static void Run()
    {
        Print("batch, events", [.. Batches.Select(batch => new Case($"{batch:N0}", batch, 4_096, 4_096, Beside: true))]);
        Print("page, bytes (batches of 500)", [.. PageBytes.Select(page => new Case($"{page:N0}", 500, page, 16 * 1024 * 1024 / page, Beside: true))]);
        Print("checkpoint (batches of 500)", [
            .. LogPages.Select(pages => new Case($"by the commit, {pages:N0} pages", 500, 4_096, pages, Beside: false)),
            .. LogPages.Select(pages => new Case($"beside, {pages:N0} pages", 500, 4_096, pages, Beside: true)),
        ]);
    }

    private static void Print(string title, IReadOnlyList<Case> cases)
    {
        var results = cases.Select(_ => new List<Result>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < cases.Count; i++)
                results[i].Add(Measure(cases[i]));
        }

        Console.WriteLine($"| {title}; median of {Rounds} | events/s | commit p50, ms | p99 | longest | log, MB |\n|---|---|---|---|---|---|");
        for (var i = 0; i < cases.Count; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {cases[i].Name} | {Median(results[i], r => r.PerSecond):N0} | {Median(results[i], r => r.P50):0.00} | {Median(results[i], r => r.P99):0.0} | {Median(results[i], r => r.Longest):0.0} | {Median(results[i], r => r.LogMegabytes):0} |"));
        }

        Console.WriteLine();
    }

    private static Result Measure(Case of)
    {
        // Beside this program, not in /tmp: that may be memory, and a flush there costs nothing.
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"data-{Guid.NewGuid():N}")).FullName;
        try
        {
            var file = Path.Combine(directory, "commits.db");
            using var database = Open(file, of);
            database.Execute("CREATE TABLE log(position INTEGER PRIMARY KEY, committed_at INTEGER NOT NULL, body BLOB NOT NULL)");
            using var checkpointer = new Checkpointer(() => Open(file, of), NullLogger.Instance, of.Pages);
            checkpointer.Start();

            var body = new byte[of.Batch * BytesPerEvent];
            Random.Shared.NextBytes(body);
            var commits = Math.Min(MostCommits, MostEvents / of.Batch);
            var took = new double[commits];
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < commits; i++)
            {
                var before = Stopwatch.GetTimestamp();
                database.Execute("BEGIN IMMEDIATE");
                database.Statement("INSERT INTO log(committed_at, body) VALUES(?, ?)").Bind(i).Bind(body).Run();
                database.Execute("COMMIT");
                if (of.Beside)
                    checkpointer.Committed(database);

                took[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Array.Sort(took);
            return new Result((double)commits * of.Batch / seconds, took[commits / 2], took[commits * 99 / 100], took[^1], new FileInfo(file + "-wal").Length / 1e6);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static SqliteDatabase Open(string file, Case of)
    {
        var database = SqliteDatabase.Open(file, readOnly: false, TimeSpan.FromSeconds(2));
        database.Execute($"PRAGMA page_size = {of.PageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {(of.Beside ? 0 : of.Pages)}");
        return database;
    }

    private static double Median(IEnumerable<Result> results, Func<Result, double> value) => results.Select(value).Order().ElementAt(Rounds / 2);

    /// <param name="Pages">Of log that make a checkpoint.</param>
    /// <param name="Beside">By a thread of its own, not by the commit that makes the log so long.</param>
    private sealed record Case(string Name, int Batch, int PageBytes, int Pages, bool Beside);

    /// <param name="LogMegabytes">Length of the write-ahead log's file at the end.</param>
    private sealed record Result(double PerSecond, double P50, double P99, double Longest, double LogMegabytes);
}
