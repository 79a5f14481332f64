using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Twins;

public sealed class RulesOfAType
{
    [Fact]
    public async Task A_device_answers_to_the_rules_of_its_type_from_the_moment_it_is_said_to_be_of_it()
    {
        await using var host = await TwinHost.Start(Given.RuleAbove("hot", "t", 70) with { DeviceType = "boiler" });
        await host.Ingest("a", "t", 80);
        Assert.Empty((await host.Find("a")).OpenAlerts);

        await Describe(host, "boiler");
        await host.Ingest("a", "t", 81);
        Assert.Single((await host.Find("a")).OpenAlerts);

        await Describe(host, "pump");
        await host.Settled("a");
        Assert.Empty((await host.Find("a")).OpenAlerts);
    }

    private static async Task Describe(TwinHost host, string type) =>
        await host.Twins.Execute(DeviceId.Parse("a"), new TwinCommand.Describe(new DeviceDescription(null, type, null, []), host.Now));
}
