using OrleansIot.Application;
using OrleansIot.Application.Stores;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>What is in a data folder beside the database: who may connect, the keys of sign-ins, and what else is kept there.</summary>
internal static class DataFiles
{
    /// <summary>Folders of this name hold what a restore, or a repair, took the place of.</summary>
    public const string AsidePrefix = "before-restore-";

    public const string RepairAsidePrefix = "before-repair-";

    /// <summary>A restore builds up here.</summary>
    public const string StagingPrefix = "restoring-";

    public const string PartialSuffix = ".partial";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Names relative to the folder, with slashes.</summary>
    public static IEnumerable<string> BesideDatabase(string folder) =>
        Entries(folder).SelectMany(entry => File.Exists(entry) ? [entry] : Directory.EnumerateFiles(entry, "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(name => !name.StartsWith(DataDirectory.DatabaseName, StringComparison.Ordinal));

    /// <summary>The files and folders right in it that are data: what a restore takes the place of.</summary>
    public static IEnumerable<string> Entries(string folder) => Directory.EnumerateFileSystemEntries(folder).Where(entry => IsData(entry, Path.GetFileName(entry)));

    /// <summary>For what holds secrets: only its owner gets in.</summary>
    public static DirectoryInfo CreateClosed(string folder) =>
        OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, OwnerOnly);

    public static void Copy(string from, string to, string name, CancellationToken cancellation, Action<long>? copied = null)
    {
        var target = Path.Combine(to, name);
        if (Path.GetDirectoryName(target) is { } folder && !Directory.Exists(folder))
            CreateClosed(folder);

        using var source = new FileStream(Path.Combine(from, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = File.GetUnixFileMode(source.SafeFileHandle);

        using var copy = new FileStream(target, options);
        var buffer = new byte[1024 * 1024];
        while (source.Read(buffer) is > 0 and var read)
        {
            cancellation.ThrowIfCancellationRequested();
            copy.Write(buffer, 0, read);
            copied?.Invoke(read);
        }

        copy.Flush(flushToDisk: true);
        FolderEntries.Flush(Path.GetDirectoryName(target)!);
    }

    /// <exception cref="StoreException">There is not.</exception>
    public static void RequireRoom(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes)
            throw new StoreException($"{folder} has {Mebibytes(free)} MiB free, and {Mebibytes(bytes)} MiB are needed. Free some, or name another place.", isTransient: true) { Code = SqliteErrors.Full };
    }

    // A backup that somebody keeps in the data folder is not backed up again.
    private static bool IsData(string entry, string name) =>
        name is not (DataDirectory.LockName or DataDirectory.RestoringName)
        && !name.StartsWith(AsidePrefix, StringComparison.Ordinal)
        && !name.StartsWith(RepairAsidePrefix, StringComparison.Ordinal)
        && !name.StartsWith(StagingPrefix, StringComparison.Ordinal)
        && !name.EndsWith(PartialSuffix, StringComparison.Ordinal)
        && !File.Exists(Path.Combine(entry, BackupManifest.FileName));

    private static string Mebibytes(long bytes) => (bytes / 1024.0 / 1024).ToString("0.0", null);
}
