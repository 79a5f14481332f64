using System.Runtime.InteropServices;
using OrleansIot.Application;
using OrleansIot.Hosting;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Backups;

namespace OrleansIot.Standalone.Commands;

/// <summary>What can be done to a data folder from the command line: <c>backup --to folder</c>, <c>restore --from folder</c>, <c>check</c>, <c>repair</c>. Settings are read as at a start.</summary>
internal static class DataCommands
{
    private const int Done = 0;
    private const int Damaged = 1;
    private const int Refused = 2;
    private const int Interrupted = 130;

    private static readonly string[] Names = ["backup", "restore", "check", "repair"];

    public static bool Include(string[] args) => args is [var name, ..] && Names.Contains(name, StringComparer.Ordinal);

    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        var (name, rest) = (args[0], args[1..]);
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        try
        {
            var settings = HostSettings.Read(rest).Configuration;
            var data = settings.GetSection(SqliteOptions.Section).Get<SqliteOptions>() ?? new SqliteOptions();
            var progress = new WrittenProgress(Console.Error);
            switch (name)
            {
                case "backup":
                    Console.WriteLine(DataBackup.Write(data.Path, Required(settings, "to", "the folder to make"), TimeProvider.System, progress, interrupted.Token));
                    return Done;

                case "restore":
                    Console.WriteLine(DataRestore.Run(Required(settings, "from", "the folder of a backup"), data.Path, TimeProvider.System, progress, interrupted.Token));
                    return Done;

                case "repair":
                    Console.WriteLine(string.Join('\n', DataRepair.Run(data.Path, TimeProvider.System, interrupted.Token)));
                    return Done;

                default:
                    var findings = DataCheck.OfFolder(data.Path, interrupted.Token);
                    Console.WriteLine(findings.Count == 0 ? "All is as it was written." : string.Join('\n', findings));
                    return findings.Count == 0 ? Done : Damaged;
            }
        }
        catch (Exception e) when (e is StoreException or StartRefusedException)
        {
            Console.Error.WriteLine($"Cannot {(name == "backup" ? "back up" : name)}: {e.Message}");
            return Refused;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted; nothing was changed.");
            return Interrupted;
        }

        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static string Required(ConfigurationManager settings, string name, string what) =>
        settings[name] is { Length: > 0 } value ? value : throw new StartRefusedException($"Say where: --{name} and {what}.");
}
