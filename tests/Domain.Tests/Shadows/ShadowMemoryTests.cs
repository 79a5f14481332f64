using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

/// <summary>Alone in its process' time: what the tests of other classes keep would be counted too.</summary>
[CollectionDefinition(nameof(ShadowMemoryTests), DisableParallelization = true)]
[Collection(nameof(ShadowMemoryTests))]
public sealed class ShadowMemoryTests
{
    [Fact]
    public void A_shadow_of_six_leaves_takes_well_under_two_kilobytes()
    {
        const int count = 10_000;
        var shadows = new Shadow[count];
        var payload = """{"state":{"desired":{"mode":"auto","setpoint":21.5,"on":true},"reported":{"mode":"auto","setpoint":20,"on":false}}}"""u8.ToArray();
        for (var i = 0; i < count; i++)
            shadows[i] = new Shadow(ShadowName.Classic);

        var live = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
            shadows[i] = shadows[i].Updated(ShadowRequest.Read(payload, 6, out _, out _)!.State, "alice", Instant.FromUnixSeconds(1));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - live) / count;

        TestContext.Current.TestOutputHelper?.WriteLine($"Measured: {each} bytes for a shadow of six leaves");
        Assert.InRange(each, 100, 1_500);
        GC.KeepAlive(shadows);
    }
}
