using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Tests.Sqlite.PowerCuts;

/// <summary>
/// SQLite's own way to the files (https://www.sqlite.org/vfs.html), which also tells a <see cref="RecordedDisk"/> what it does. It
/// becomes the default of the process, and leaves files of other folders alone.
/// </summary>
internal static partial class RecordingFileSystem
{
    private const int Ok = 0;

    // struct sqlite3_vfs and struct sqlite3_io_methods, both of version 3, on a machine of 64 bits.
    private const int VfsSize = 168, VfsNext = 16, VfsName = 24, VfsOpen = 40, VfsDelete = 48;
    private const int MethodsSize = 152, MethodsClose = 8, MethodsWrite = 24, MethodsTruncate = 32, MethodsSync = 40;

    private static readonly ConcurrentDictionary<string, RecordedDisk> Disks = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<IntPtr, RecordedFile> Files = new();
    private static readonly ConcurrentDictionary<IntPtr, Methods> MethodsOf = new();
    private static readonly Lazy<IntPtr> Registered = new(Register);

    // Kept, or they would be collected while SQLite still calls them.
    private static readonly OpenFunction Opening = Open;
    private static readonly DeleteFunction Deleting = Delete;
    private static readonly CloseFunction Closing = Close;
    private static readonly WriteFunction Writing = Write;
    private static readonly LengthFunction Truncating = Truncate;
    private static readonly SyncFunction Syncing = Sync;

    private static OpenFunction _open = null!;
    private static DeleteFunction _delete = null!;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate IntPtr FindFunction(IntPtr name);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int RegisterFunction(IntPtr vfs, int makeDefault);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int OpenFunction(IntPtr vfs, IntPtr name, IntPtr file, int flags, IntPtr flagsOut);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int DeleteFunction(IntPtr vfs, IntPtr name, int syncFolder);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int CloseFunction(IntPtr file);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int WriteFunction(IntPtr file, IntPtr bytes, int count, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int LengthFunction(IntPtr file, long length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SyncFunction(IntPtr file, int flags);

    /// <summary>From now on, until the result is disposed of.</summary>
    public static IDisposable Record(string folder, RecordedDisk disk)
    {
        _ = Registered.Value;
        Disks[folder] = disk;
        return new Recording(folder);
    }

    private static IntPtr Register()
    {
        NativeSqlite.EnsureLoaded();
        var library = NativeLibrary.Load(LoadedSqlite().Match(File.ReadAllText("/proc/self/maps")).Value);
        var original = Marshal.GetDelegateForFunctionPointer<FindFunction>(NativeLibrary.GetExport(library, "sqlite3_vfs_find"))(IntPtr.Zero);
        Assert.True(Marshal.ReadInt32(original) >= 3, "This SQLite's file system is of another version.");

        var ours = Copy(original, VfsSize);
        _open = Marshal.GetDelegateForFunctionPointer<OpenFunction>(Marshal.ReadIntPtr(original, VfsOpen));
        _delete = Marshal.GetDelegateForFunctionPointer<DeleteFunction>(Marshal.ReadIntPtr(original, VfsDelete));
        Marshal.WriteIntPtr(ours, VfsNext, IntPtr.Zero);
        Marshal.WriteIntPtr(ours, VfsName, Marshal.StringToCoTaskMemUTF8("recording"));
        Marshal.WriteIntPtr(ours, VfsOpen, Marshal.GetFunctionPointerForDelegate(Opening));
        Marshal.WriteIntPtr(ours, VfsDelete, Marshal.GetFunctionPointerForDelegate(Deleting));
        Assert.Equal(Ok, Marshal.GetDelegateForFunctionPointer<RegisterFunction>(NativeLibrary.GetExport(library, "sqlite3_vfs_register"))(ours, 1));
        return ours;
    }

    private static IntPtr Copy(IntPtr original, int size)
    {
        var bytes = new byte[size];
        Marshal.Copy(original, bytes, 0, size);
        var copy = Marshal.AllocHGlobal(size);
        Marshal.Copy(bytes, 0, copy, size);
        return copy;
    }

    private static int Open(IntPtr vfs, IntPtr name, IntPtr file, int flags, IntPtr flagsOut)
    {
        var result = _open(vfs, name, file, flags, flagsOut);
        var path = Marshal.PtrToStringUTF8(name);
        if (result != Ok || path is null || !Disks.TryGetValue(Path.GetDirectoryName(path)!, out var disk))
            return result;

        var methods = MethodsOf.GetOrAdd(Marshal.ReadIntPtr(file), original => new Methods(original));
        Files[file] = new RecordedFile(path, disk, methods);
        Marshal.WriteIntPtr(file, methods.Ours);
        return result;
    }

    private static int Delete(IntPtr vfs, IntPtr name, int syncFolder)
    {
        var result = _delete(vfs, name, syncFolder);
        var path = Marshal.PtrToStringUTF8(name)!;
        if (result == Ok && Disks.TryGetValue(Path.GetDirectoryName(path)!, out var disk))
            disk.Delete(Path.GetFileName(path));
        return result;
    }

    private static int Close(IntPtr file)
    {
        Files.TryRemove(file, out var recorded);
        return recorded!.Methods.Close(file);
    }

    private static int Write(IntPtr file, IntPtr bytes, int count, long offset)
    {
        var recorded = Files[file];
        var copy = new byte[count];
        Marshal.Copy(bytes, copy, 0, count);
        recorded.SeeIndex();
        recorded.Disk.Write(recorded.Name, offset, copy);
        return recorded.Methods.Write(file, bytes, count, offset);
    }

    private static int Truncate(IntPtr file, long length)
    {
        var recorded = Files[file];
        recorded.Disk.Truncate(recorded.Name, length);
        return recorded.Methods.Truncate(file, length);
    }

    private static int Sync(IntPtr file, int flags)
    {
        var recorded = Files[file];
        var from = recorded.Disk.Count;
        var result = recorded.Methods.Sync(file, flags);
        if (result == Ok)
            recorded.Disk.Flushed(recorded.Name, from);
        return result;
    }

    [GeneratedRegex(@"/\S*(libsqlite3|e_sqlite3)\S*\.so\S*")]
    private static partial Regex LoadedSqlite();

    private sealed class Methods
    {
        public Methods(IntPtr original)
        {
            Ours = Copy(original, MethodsSize);
            Close = Marshal.GetDelegateForFunctionPointer<CloseFunction>(Marshal.ReadIntPtr(original, MethodsClose));
            Write = Marshal.GetDelegateForFunctionPointer<WriteFunction>(Marshal.ReadIntPtr(original, MethodsWrite));
            Truncate = Marshal.GetDelegateForFunctionPointer<LengthFunction>(Marshal.ReadIntPtr(original, MethodsTruncate));
            Sync = Marshal.GetDelegateForFunctionPointer<SyncFunction>(Marshal.ReadIntPtr(original, MethodsSync));
            Marshal.WriteIntPtr(Ours, MethodsClose, Marshal.GetFunctionPointerForDelegate(Closing));
            Marshal.WriteIntPtr(Ours, MethodsWrite, Marshal.GetFunctionPointerForDelegate(Writing));
            Marshal.WriteIntPtr(Ours, MethodsTruncate, Marshal.GetFunctionPointerForDelegate(Truncating));
            Marshal.WriteIntPtr(Ours, MethodsSync, Marshal.GetFunctionPointerForDelegate(Syncing));
        }

        public IntPtr Ours { get; }

        public CloseFunction Close { get; }

        public WriteFunction Write { get; }

        public LengthFunction Truncate { get; }

        public SyncFunction Sync { get; }
    }

    private sealed class RecordedFile(string path, RecordedDisk disk, Methods methods)
    {
        // The header of the log's index; the rest of it nobody believes.
        private const int IndexHeader = 136, IndexSize = 32_768;

        private readonly string? _index = path.EndsWith("-wal", StringComparison.Ordinal) ? path[..^"-wal".Length] + "-shm" : null;

        public string Name { get; } = Path.GetFileName(path);

        public RecordedDisk Disk => disk;

        public Methods Methods => methods;

        /// <summary>It is mapped into memory: no call says when it changes.</summary>
        public void SeeIndex()
        {
            if (_index is null || !File.Exists(_index))
                return;

            var content = new byte[IndexSize];
            using (var stream = new FileStream(_index, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            {
                if (stream.ReadAtLeast(content.AsSpan(0, IndexHeader), IndexHeader, throwOnEndOfStream: false) < IndexHeader)
                    return;
            }

            disk.Saw(Path.GetFileName(_index), content);
        }
    }

    private sealed class Recording(string folder) : IDisposable
    {
        public void Dispose() => Disks.TryRemove(folder, out _);
    }
}
