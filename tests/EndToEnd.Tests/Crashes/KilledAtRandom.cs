namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>Random load, and <c>kill -9</c> at random moments: what was promised is kept, and nothing else is there.</summary>
public sealed class KilledAtRandom(ITestOutputHelper output)
{
    private const int UsualRounds = 50;
    private const int RoundsPerFolder = 17;

    [Fact]
    public async Task After_each_of_fifty_kills_history_twins_alerts_and_notifications_are_those_of_a_model()
    {
        var settings = CrashSettings.Read(UsualRounds);
        output.WriteLine($"Measured: kill -9 at random moments, {settings}");
        for (var (round, folder) = (0, 0); round < settings.Rounds; folder++)
        {
            await using var plant = await Plant.Open(settings.Seed + folder);
            try
            {
                for (var i = 0; i < RoundsPerFolder && round < settings.Rounds; i++, round++)
                    await plant.Round();
                await plant.Finish();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"In round {round} ({settings}; {plant.Count}): {e.Message}\n{plant.Output}", e);
            }

            output.WriteLine($"Measured: folder {folder}: {plant.Count}");
        }
    }
}
