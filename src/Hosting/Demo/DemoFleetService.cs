using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.DeviceAgent.Demo;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Hosting.Agent;

namespace OrleansIot.Hosting.Demo;

/// <summary>The simulated fleet, over real connections to this host's gateway; described and watched by rules as a real one would be.</summary>
internal sealed class DemoFleetService(
    IOptions<DemoOptions> options, LocalBroker broker, ITwins twins, IRules rules, TimeProvider time, ILogger<DemoFleet> log) : BackgroundService
{
    private static readonly string[] Halls = ["Hall A", "Hall B", "Hall C", "Roof", "Yard"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Devices == 0)
            return;

        var fleet = new DemoFleet(new DemoFleetOptions { Broker = broker.Options(), Devices = options.Value.Devices, Seed = options.Value.Seed }, time, log);
        foreach (var rule in DemoRules.All.Where(rule => rules.Find(rule.Id) is null))
            await rules.Put(rule, stoppingToken);

        for (var i = 0; i < fleet.DeviceIds.Count; i++)
            await Describe(DeviceId.Parse(fleet.DeviceIds[i]), Halls[i % Halls.Length], stoppingToken);

        await fleet.RunAsync(stoppingToken);
    }

    // Once: what somebody edited since stays as it is.
    private async Task Describe(DeviceId device, string hall, CancellationToken cancellation)
    {
        if (await twins.Find(device, cancellation) is { } known && known.Twin.Description != DeviceDescription.None)
            return;

        // demo-boiler-7: a boiler, and the seventh.
        var (type, number) = device.Value.Split('-') is [_, var kind, var count] ? (kind, count) : ("device", device.Value);
        var name = $"{char.ToUpperInvariant(type[0])}{type[1..]} {number}";
        await twins.Execute(device, new TwinCommand.Describe(new DeviceDescription(name, type, hall, ["demo"]), Instant.From(time.GetUtcNow())), cancellation);
    }
}
