using System.Diagnostics.CodeAnalysis;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Disks;

/// <summary>A file system of its own, small enough to be filled: tmpfs, which only root may mount.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <returns>Null where this user may not mount; <paramref name="refusal"/> says what it was told.</returns>
    public static SmallDisk? TryMount(int mebibytes, [NotNullWhen(false)] out string? refusal)
    {
        refusal = "There is no tmpfs on this system.";
        if (!OperatingSystem.IsLinux())
            return null;

        var path = Directory.CreateTempSubdirectory("orleansiot-disk-").FullName;
        var mount = ChildProcess.Run("mount", ["-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", path], Limit).GetAwaiter().GetResult();
        if (mount.ExitCode == 0)
        {
            refusal = null;
            return new SmallDisk(path);
        }

        refusal = $"A small file system cannot be mounted here, so nothing was tested: {mount.Output}";
        Directory.Delete(path);
        return null;
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var block in (int[])[1 << 20, 4_096])
        {
            var zeros = new byte[block];
            try
            {
                while (true)
                    ballast.Write(zeros);
            }
            catch (IOException)
            {
                // That is what was wanted.
            }
        }
    }

    /// <summary>Leaves room for so much.</summary>
    public void Leave(int bytes)
    {
        Fill();
        using var ballast = new FileStream(Ballast, FileMode.Open);
        ballast.SetLength(ballast.Length - bytes);
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        var end = await ChildProcess.Run("umount", ["-l", Path], Limit);
        if (end.ExitCode == 0)
            Directory.Delete(Path);
    }
}
