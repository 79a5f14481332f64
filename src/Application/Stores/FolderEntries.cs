using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansIot.Application.Stores;

/// <summary>The names in a folder, which are written back apart from the files they are of.</summary>
public static class FolderEntries
{
    private const int ReadOnly = 0;

    // The same on Linux and macOS.
    private const int InvalidArgument = 22;

    /// <summary>
    /// Returns when files that were made, moved or deleted in the folder are so after a power cut too. (fsync(2): "Calling fsync() does
    /// not necessarily ensure that the entry in the directory containing the file has also reached disk.")
    /// </summary>
    /// <remarks>Nothing is done on Windows, where NTFS keeps such changes in a log of its own.</remarks>
    /// <exception cref="IOException">The disk failed, or the folder is not there.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        var handle = open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (handle < 0)
            throw Failure(folder);

        try
        {
            // Some file systems, of a network for one, have no such thing.
            if (fsync(handle) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw Failure(folder);
        }
        finally
        {
            _ = close(handle);
        }
    }

    private static IOException Failure(string folder)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{folder} cannot be flushed: {new Win32Exception(error).Message}");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int handle);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int handle);
}
