using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>Chooses the SQLite library: the system's where it is newer than the one in the package, as it then has the fixes since.</summary>
internal static class NativeSqlite
{
    // Of SQLitePCLRaw.lib.e_sqlite3 2.0.6.
    private const int PackagedVersion = 3_035_005;
    private const string PackagedName = "e_sqlite3";
    private const string SystemName = "libsqlite3.so.0";

    private static readonly Lazy<string> Version = new(Load);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int IntegerFunction();

    /// <returns>The version in use.</returns>
    public static string EnsureLoaded() => Version.Value;

    private static string Load()
    {
        var provider = new SQLite3Provider_e_sqlite3();
        NativeLibrary.SetDllImportResolver(provider.GetType().Assembly, Resolve);
        raw.SetProvider(provider);
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == PackagedName && OperatingSystem.IsLinux() && NativeLibrary.TryLoad(SystemName, out var system) && IsBetter(system) ? system : IntPtr.Zero;

    private static bool IsBetter(IntPtr library) =>
        Call(library, "sqlite3_libversion_number") > PackagedVersion && Call(library, "sqlite3_threadsafe") != 0;

    private static int Call(IntPtr library, string function) =>
        NativeLibrary.TryGetExport(library, function, out var address) ? Marshal.GetDelegateForFunctionPointer<IntegerFunction>(address)() : 0;
}
