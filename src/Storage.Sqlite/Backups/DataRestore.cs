using System.Globalization;
using OrleansIot.Application;
using OrleansIot.Application.Stores;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>Puts a backup in the place of what a data folder holds. That is kept, in a folder of its own beside it.</summary>
public static class DataRestore
{
    /// <param name="progress">Parts of the whole, from 0 to 1.</param>
    /// <returns>What was done, for people.</returns>
    /// <exception cref="StoreException">It could not be done, and the data folder is as before, or is refused by a start until this is repeated.</exception>
    public static string Run(string backup, string dataFolder, TimeProvider time, IProgress<double> progress, CancellationToken cancellation)
    {
        var from = Path.GetFullPath(backup);
        var manifest = BackupManifest.Read(from);
        manifest.Verify(from, cancellation);
        using var directory = DataDirectory.OpenToRestore(dataFolder);
        try
        {
            var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            foreach (var left in Directory.GetDirectories(directory.Folder, DataFiles.StagingPrefix + "*"))
                Directory.Delete(left, recursive: true);

            var staging = DataFiles.CreateClosed(Path.Combine(directory.Folder, DataFiles.StagingPrefix + stamp)).FullName;
            try
            {
                Stage(manifest, from, staging, progress, cancellation);
            }
            catch
            {
                Directory.Delete(staging, recursive: true);
                throw;
            }

            var aside = PutInPlace(directory.Folder, staging, DataFiles.AsidePrefix + stamp, [.. DataFiles.Entries(directory.Folder)]);
            return $"{directory.Folder} is as it was at {manifest.CreatedAt:u}, event log up to {manifest.LastPosition}."
                + (aside is null ? "" : $" What was there before is in {aside}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{directory.Folder} cannot be restored: {e.Message}", isTransient: true, e);
        }
    }

    private static void Stage(BackupManifest manifest, string from, string staging, IProgress<double> progress, CancellationToken cancellation)
    {
        double total = Math.Max(1, manifest.Files.Sum(file => file.Bytes));
        DataFiles.RequireRoom(staging, (long)total);
        var done = 0L;
        foreach (var file in manifest.Files)
            DataFiles.Copy(from, staging, file.Name, cancellation, bytes => progress.Report((done += bytes) / total));

        manifest.Verify(staging, cancellation);
        if (DataCheck.Run(Path.Combine(staging, DataDirectory.DatabaseName), cancellation) is { Count: > 0 } findings)
            throw new StoreException($"The database of the backup is damaged: {string.Join(" ", findings)} Use another backup.");
    }

    // From the first step to the last the folder says that it is neither the old nor the new, and no start takes it.
    internal static string? PutInPlace(string folder, string staging, string asideName, string[] old)
    {
        var marker = Path.Combine(folder, DataDirectory.RestoringName);
        File.WriteAllText(marker, "A restore or repair in this folder has not ended. What was here before is in the newest folder before-… beside this. Restore a backup, or put the files of that folder back and remove this one.");
        FolderEntries.Flush(folder);
        string? aside = null;
        if (old.Length > 0)
        {
            aside = DataFiles.CreateClosed(Path.Combine(folder, asideName)).FullName;
            foreach (var entry in old)
                Directory.Move(entry, Path.Combine(aside, Path.GetFileName(entry)));

            FolderEntries.Flush(aside);
        }

        foreach (var entry in Directory.GetFileSystemEntries(staging))
            Directory.Move(entry, Path.Combine(folder, Path.GetFileName(entry)));

        Directory.Delete(staging);
        FolderEntries.Flush(folder);
        File.Delete(marker);
        FolderEntries.Flush(folder);
        return aside;
    }
}
