using OrleansIot.Application;
using OrleansIot.Application.Stores;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>A copy of a data folder as it is at one moment, made while the store is open or closed, in this process or another.</summary>
public static class DataBackup
{
    // A mebibyte between two looks at the progress.
    private const int PagesAtOnce = 256;

    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <param name="target">Folder that is made: whole, or not at all.</param>
    /// <param name="progress">Parts of the whole, from 0 to 1.</param>
    /// <returns>What was done, for people.</returns>
    /// <exception cref="StoreException">It could not be done; the message says why and what mends it.</exception>
    public static string Write(string dataFolder, string target, TimeProvider time, IProgress<double> progress, CancellationToken cancellation)
    {
        var (data, to) = (Path.GetFullPath(dataFolder), Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)));
        var file = Path.Combine(data, DataDirectory.DatabaseName);
        if (!File.Exists(file))
            throw new StoreException($"There is no {DataDirectory.DatabaseName} in {data} (setting {SqliteOptions.Section}:{nameof(SqliteOptions.Path)}).");

        DataDirectory.RefuseHalfRestored(data);
        if (Directory.Exists(to) || File.Exists(to))
            throw new StoreException($"{to} is there already. Name a folder that is not: it will be made.");

        // Of a store that is open the log is being written; of one that is not, what it has lost would be missing without a word.
        if (!DataDirectory.IsInUse(data))
            WriteAheadLog.Read(file).Verify();

        var partial = to + DataFiles.PartialSuffix;
        try
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);

            DataFiles.CreateClosed(partial);
            DataFiles.RequireRoom(partial, SizeOf(data));
            var position = CopyDatabase(file, Path.Combine(partial, DataDirectory.DatabaseName), progress, cancellation);
            foreach (var name in DataFiles.BesideDatabase(data).ToArray())
                DataFiles.Copy(data, partial, name, cancellation);

            var findings = DataCheck.Run(Path.Combine(partial, DataDirectory.DatabaseName), cancellation);
            if (findings.Count > 0)
                throw new StoreException($"The data is damaged, and so would be its backup; {to} was not made, what is there from before is worth keeping. {string.Join(" ", findings)}");

            var files = DataFiles.BesideDatabase(partial).Prepend(DataDirectory.DatabaseName).Select(name => BackupFile.Of(partial, name)).ToArray();
            new BackupManifest(BackupManifest.CurrentFormat, time.GetUtcNow(), position, files).Write(partial);
            Directory.Move(partial, to);
            FolderEntries.Flush(Path.GetDirectoryName(to)!);
            return $"{to}: {files.Length} files, {files.Sum(copied => copied.Bytes) / 1024.0 / 1024:0.0} MiB, event log up to {position}; verified.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(partial);
            throw new StoreException($"{to} cannot be written: {e.Message}", isTransient: true, e);
        }
        catch
        {
            Remove(partial);
            throw;
        }
    }

    private static long SizeOf(string data)
    {
        var wal = new FileInfo(Path.Combine(data, DataDirectory.DatabaseName + "-wal"));
        return new FileInfo(Path.Combine(data, DataDirectory.DatabaseName)).Length + (wal.Exists ? wal.Length : 0) + DataFiles.BesideDatabase(data).Sum(name => new FileInfo(Path.Combine(data, name)).Length);
    }

    /// <returns>Position of the last commit in it.</returns>
    private static long CopyDatabase(string from, string to, IProgress<double> progress, CancellationToken cancellation)
    {
        using var source = SqliteDatabase.Open(from, readOnly: true, BusyTimeout);
        using var copy = SqliteDatabase.Open(to, readOnly: false, BusyTimeout);

        // One moment of it: what is committed from now on is not seen, and does not make the copying begin again. The write-ahead log
        // cannot start over until this ends, so it grows by what comes meanwhile.
        source.Execute("BEGIN");

        // What is below the floor has left the log.
        var position = source.Number($"SELECT max(ifnull((SELECT max(position) FROM log), 0), ifnull((SELECT value FROM meta WHERE name = '{Meta.LogFloor}'), 1) - 1)");
        using (var backup = source.BackupTo(copy))
        {
            while (backup.Step(PagesAtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(backup.Progress);
            }
        }

        progress.Report(1);

        // One file, whole in itself: with a write-ahead log of its own it would need two.
        copy.Execute("PRAGMA journal_mode = DELETE");
        return position;
    }

    private static void Remove(string partial)
    {
        try
        {
            Directory.Delete(partial, recursive: true);
        }
        catch (IOException)
        {
            // The reason why there is no backup says more than the rest that stays behind, by a name that says what it is.
        }
    }
}
