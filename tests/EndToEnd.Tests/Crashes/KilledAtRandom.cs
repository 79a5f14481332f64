using OrleansIot.TestKit.Disks;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>
/// Random load, and <c>kill -9</c> at random moments: what was promised is kept, and nothing else is there. <c>CRASH_SEED</c> and
/// <c>CRASH_ROUNDS</c> in the environment repeat a run, as far as its moments can be repeated.
/// </summary>
public sealed class KilledAtRandom(ITestOutputHelper output)
{
    private const int Rounds = 50;
    private const int RoundsWithOutages = 12;
    private const int RoundsPerFolder = 17;
    private const int DiskMebibytes = 48;

    [Fact]
    public Task After_each_of_fifty_kills_history_twins_alerts_and_notifications_are_those_of_a_model() =>
        Run("kill -9 at random moments", Rounds, () => new PlantDisk.SoundDisk(), fails: false);

    [Fact]
    public Task The_same_on_a_disk_that_is_full_now_and_then()
    {
        var first = SmallDisk.TryMount(DiskMebibytes, out var refusal);
        Assert.SkipWhen(first is null, refusal ?? "");
        return Run("kill -9, and a full disk", RoundsWithOutages, () =>
        {
            var disk = first ?? SmallDisk.TryMount(DiskMebibytes, out _)!;
            first = null;
            return new PlantDisk.FullDisk(disk);
        }, fails: true);
    }

    [Fact]
    public Task The_same_on_a_disk_that_fails_to_write_now_and_then()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/prlimit"), "There is no prlimit here to make writes fail with.");
        return Run("kill -9, and writes that fail", RoundsWithOutages, () => new PlantDisk.FailingWrites(), fails: true);
    }

    private async Task Run(string what, int usualRounds, Func<PlantDisk> disk, bool fails)
    {
        var settings = CrashSettings.Read(usualRounds);
        output.WriteLine($"Measured: {what}: {settings}");
        for (var (round, folder) = (0, 0); round < settings.Rounds; folder++)
        {
            await using var plant = await Plant.Open(settings.Seed + folder, disk(), fails);
            try
            {
                for (var i = 0; i < RoundsPerFolder && round < settings.Rounds; i++, round++)
                    await plant.Round();
                await plant.Finish();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{what}, in round {round} ({settings}; {plant.Count}): {e.Message}\nThe last server printed:\n{plant.Output}", e);
            }

            output.WriteLine($"Measured: {what}: folder {folder}: {plant.Count}");
        }
    }
}
