using System.Globalization;
using OrleansIot.TestKit.Disks;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>Where a plant's data lie, and how writing there is made to fail.</summary>
internal abstract class PlantDisk : IAsyncDisposable
{
    private PlantDisk()
    {
    }

    public abstract string Folder { get; }

    /// <summary>What the server is started by.</summary>
    public virtual string[] Wrapper => ["dotnet"];

    public abstract Task Begin(KillableServer server, Random random);

    /// <summary>Writes succeed again.</summary>
    public abstract Task End(KillableServer server);

    public abstract ValueTask DisposeAsync();

    /// <summary>Nothing fails.</summary>
    public sealed class SoundDisk : PlantDisk
    {
        public override string Folder { get; } = Directory.CreateTempSubdirectory("orleansiot-crash-").FullName;

        public override Task Begin(KillableServer server, Random random) => Task.CompletedTask;

        public override Task End(KillableServer server) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A file system without room.</summary>
    public sealed class FullDisk(SmallDisk disk) : PlantDisk
    {
        public override string Folder { get; } = Directory.CreateDirectory(Path.Combine(disk.Path, "data")).FullName;

        // Sometimes there is room for a little: then a write fails in its middle, or a few succeed.
        public override Task Begin(KillableServer server, Random random)
        {
            if (random.Next(2) == 0)
                disk.Fill();
            else
                disk.Leave(random.Next(1, 24) * 4_096);

            return Task.CompletedTask;
        }

        public override Task End(KillableServer server)
        {
            disk.Free();
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => disk.DisposeAsync();
    }

    /// <summary>A limit on the size of files, so that any write that would make one longer fails.</summary>
    public sealed class FailingWrites : PlantDisk
    {
        private static readonly TimeSpan Limit = TimeLimit.Usual;

        public override string Folder { get; } = Directory.CreateTempSubdirectory("orleansiot-crash-").FullName;

        // The limit's signal would end the process; the runtime maps its own code from a file, which the limit would meet too.
        public override string[] Wrapper => ["sh", "-c", "trap '' XFSZ; DOTNET_EnableWriteXorExecute=0 exec dotnet \"$@\"", "sh"];

        public override Task Begin(KillableServer server, Random random)
        {
            var log = new FileInfo(Path.Combine(Folder, "orleansiot.db-wal")).Length;
            return LimitFiles(server, (log + random.Next(0, 16_384)).ToString(CultureInfo.InvariantCulture));
        }

        public override Task End(KillableServer server) => server.HasExited ? Task.CompletedTask : LimitFiles(server, "unlimited");

        public override ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        private static async Task LimitFiles(KillableServer server, string bytes)
        {
            var limit = await ChildProcess.Run("prlimit", ["--pid", server.ProcessId.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:unlimited"], Limit);
            Assert.True(limit.ExitCode == 0, limit.Output);
        }
    }
}
