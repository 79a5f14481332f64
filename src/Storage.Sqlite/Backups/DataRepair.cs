using System.Globalization;
using OrleansIot.Application;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>
/// Leaves out of a damaged database what is damaged, and says what that was. The files as they were are kept in a folder beside it;
/// where it does not come to an end, they are in their place.
/// </summary>
public static class DataRepair
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(2);

    /// <returns>What was found and what became of it, for people.</returns>
    /// <exception cref="StoreException">It cannot be repaired; the message says why and what mends it.</exception>
    public static IReadOnlyList<string> Run(string dataFolder, TimeProvider time, CancellationToken cancellation)
    {
        using var directory = DataDirectory.Open(dataFolder);
        if (!File.Exists(directory.DatabaseFile))
            throw new StoreException($"There is no {DataDirectory.DatabaseName} in {directory.Folder}.");

        try
        {
            var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            var staging = DataFiles.CreateClosed(Path.Combine(directory.Folder, DataFiles.StagingPrefix + stamp)).FullName;
            try
            {
                var told = Repaired(directory, staging, Instant.From(time.GetUtcNow()), cancellation);
                if (told.Count == 0)
                {
                    Directory.Delete(staging, recursive: true);
                    return ["Nothing is damaged, and nothing was changed."];
                }

                var files = Directory.GetFiles(directory.Folder, DataDirectory.DatabaseName + "*");
                var aside = DataRestore.PutInPlace(directory.Folder, staging, DataFiles.RepairAsidePrefix + stamp, files);
                return [.. told, $"The files as they were are in {aside}."];
            }
            catch
            {
                if (Directory.Exists(staging))
                    Directory.Delete(staging, recursive: true);

                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{directory.Folder} cannot be repaired: {e.Message}", isTransient: true, e);
        }
    }

    private static List<string> Repaired(DataDirectory directory, string staging, Instant now, CancellationToken cancellation)
    {
        var told = new List<string>();
        var log = WriteAheadLog.Read(directory.DatabaseFile);
        DataFiles.RequireRoom(staging, Directory.GetFiles(directory.Folder, DataDirectory.DatabaseName + "*").Sum(file => new FileInfo(file).Length));
        DataFiles.Copy(directory.Folder, staging, DataDirectory.DatabaseName, cancellation);
        if (File.Exists(directory.DatabaseFile + "-wal") && !(log.IsDamaged && log.IsDispensable))
            DataFiles.Copy(directory.Folder, staging, DataDirectory.DatabaseName + "-wal", cancellation);

        if (log.IsDamaged)
        {
            told.Add(log.IsDispensable
                ? "The write-ahead log was damaged; all of it had been copied to the database before, so nothing of it is lost."
                : $"The write-ahead log was damaged: {log} It ends there now; the last commits are lost, and which devices they were of cannot be said.");
        }

        using var database = SqliteDatabase.Open(Path.Combine(staging, DataDirectory.DatabaseName), readOnly: false, BusyTimeout);
        var pages = new List<string>();
        DataCheck.Pages(database, pages);
        if (pages.Count > 0)
            throw new StoreException($"Pages of the database are damaged, and what was in them cannot be told: {string.Join(" ", pages)} Restore a backup. Nothing was changed.") { Code = SqliteErrors.Damaged };

        Schema.Migrate(database);
        database.Execute("BEGIN IMMEDIATE");
        new RowRepair(database, told).Run(now, cancellation);
        database.Execute("COMMIT");
        database.Execute("PRAGMA journal_mode = DELETE");
        return told;
    }
}
