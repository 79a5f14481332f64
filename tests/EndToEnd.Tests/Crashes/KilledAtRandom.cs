using OrleansIot.TestKit.Disks;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>
/// Random load, and <c>kill -9</c> at random moments: what was promised is kept, and nothing else is there. Fifty rounds on a sound
/// disk, ten in each of five data folders, and some more on disks that fail. <c>CRASH_SEED</c> and <c>CRASH_ROUNDS</c> (of one folder)
/// in the environment repeat a run, as far as its moments can be repeated.
/// </summary>
public sealed class KilledAtRandom(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private const int RoundsWithOutages = 8;
    private const int DiskMebibytes = 48;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public Task After_each_of_ten_kills_history_twins_shadows_alerts_and_notifications_are_those_of_a_model(int folder) =>
        Run($"kill -9 at random moments, folder {folder}", Rounds, folder, new PlantDisk.SoundDisk(), fails: false);

    [Fact]
    public Task The_same_on_a_disk_that_is_full_now_and_then()
    {
        var disk = SmallDisk.TryMount(DiskMebibytes, out var refusal);
        Assert.SkipWhen(disk is null, refusal ?? "");
        return Run("kill -9, and a full disk", RoundsWithOutages, 0, new PlantDisk.FullDisk(disk), fails: true);
    }

    [Fact]
    public Task The_same_on_a_disk_that_fails_to_write_now_and_then()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/prlimit"), "There is no prlimit here to make writes fail with.");
        return Run("kill -9, and writes that fail", RoundsWithOutages, 0, new PlantDisk.FailingWrites(), fails: true);
    }

    private async Task Run(string what, int usualRounds, int folder, PlantDisk disk, bool fails)
    {
        var settings = CrashSettings.Read(usualRounds);
        await using var plant = await Plant.Open(settings.Seed + folder, disk, fails);
        try
        {
            for (var round = 0; round < settings.Rounds; round++)
                await plant.Round();
            await plant.Finish();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what}, {settings}, {plant.Count}: {e.Message}\nThe last server printed:\n{plant.Output}", e);
        }

        output.WriteLine($"Measured: {what}: {settings}: {plant.Count}");
    }
}
