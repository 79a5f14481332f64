using OrleansIot.Application;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>The directory with the database, held by this process alone while this object lives.</summary>
internal sealed class DataDirectory : IDisposable
{
    public const string DatabaseName = "orleansiot.db";
    public const string LockName = "orleansiot.lock";

    /// <summary>There while a restore is under way; a start refuses the folder.</summary>
    public const string RestoringName = "orleansiot.restoring";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream lockFile)
    {
        Folder = path;
        DatabaseFile = Path.Combine(path, DatabaseName);
        _lock = lockFile;
    }

    public string Folder { get; }

    public string DatabaseFile { get; }

    /// <summary>What the file system has left for this user.</summary>
    public long FreeBytes() => new DriveInfo(Folder).AvailableFreeSpace;

    public static DataDirectory Open(string path)
    {
        RefuseHalfRestored(Path.GetFullPath(path));
        return OpenToRestore(path);
    }

    /// <summary>Whether a process has it open at this moment.</summary>
    public static bool IsInUse(string path)
    {
        var file = Path.Combine(Path.GetFullPath(path), LockName);
        if (!File.Exists(file))
            return false;

        try
        {
            using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <exception cref="StoreException">A restore has begun and has not ended.</exception>
    public static void RefuseHalfRestored(string full)
    {
        if (File.Exists(Path.Combine(full, RestoringName)))
            throw new StoreException($"{Setting(full)} is half restored: a restore or a repair has begun there and has not ended. Restore a backup; {RestoringName} in it says what else can be done.");
    }

    /// <summary>Also where a restore has not ended.</summary>
    public static DataDirectory OpenToRestore(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{Setting(full)} cannot be made: {e.Message} Name a directory that this user may write to, or grant it.", e);
        }

        return new DataDirectory(full, Lock(full));
    }

    public void Dispose() => _lock.Dispose();

    // SQLite itself would let a second process in, and two writers would each believe that they own every device.
    private static FileStream Lock(string full)
    {
        var file = Path.Combine(full, LockName);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException($"{Setting(full)} is not writable: {e.Message} Grant this user write access, or name another directory.", e);
        }
        catch (IOException e)
        {
            throw new StoreException($"{Setting(full)} is in use by another process: {e.Message} Stop that process, or give this one a directory of its own.", e);
        }
    }

    private static string Setting(string full) => $"The data directory {full} (setting {SqliteOptions.Section}:{nameof(SqliteOptions.Path)})";
}
