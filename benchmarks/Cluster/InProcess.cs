using Microsoft.Extensions.DependencyInjection;
using System.Globalization;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Cluster;

/// <summary>A device grain beside a bare one, in one silo in this process: no network, no JSON, no store.</summary>
internal static class InProcess
{
    private const int Calls = 1_000_000;
    private const int Idle = 50_000;

    private static readonly MetricName[] Names =
        [.. new[] { "temperature", "pressure", "vibration", "voltage", "current", "speed" }.Select(MetricName.Parse)];

    public static async Task Run(int rounds)
    {
        using var silo = await GrainSilo.Start();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var twins = silo.Services.GetRequiredService<ITwins>();
        var bare = Enumerable.Range(0, 1_000).Select(number => grains.GetGrain<IBareGrain>($"bare-{number}")).ToArray();
        var devices = Enumerable.Range(0, 1_000).Select(number => DeviceId.Parse($"device-{number}")).ToArray();

        async ValueTask CallBare(int device, int number) => await bare[device].Ingest(BareReadingOf(number));
        async ValueTask CallDevice(int device, int number) => await twins.Execute(devices[device], CommandOf(number));

        var (bareCosts, deviceCosts) = (new List<CallCost>(), new List<CallCost>());
        for (var round = 0; round <= rounds; round++)
        {
            var (ofBare, ofDevice) = (await GrainCalls.Measure(Calls, CallBare), await GrainCalls.Measure(Calls, CallDevice));

            // The first round is for the compiler.
            if (round == 0)
                continue;

            bareCosts.Add(ofBare);
            deviceCosts.Add(ofDevice);
        }

        var bareIdle = await GrainMemory.Measure(Idle, number => grains.GetGrain<IBareGrain>($"idle-bare-{number}").Ingest(BareReadingOf(number)).AsTask());
        var deviceIdle = await GrainMemory.Measure(Idle, number => twins.Execute(DeviceId.Parse($"idle-device-{number}"), CommandOf(number)).AsTask());

        Console.WriteLine($"| median of {rounds}, {Calls:N0} calls with 6 metrics, in process | bare grain | device grain | ratio |\n|---|---|---|---|");
        Row("CPU µs/call", Median(bareCosts.Select(cost => cost.Cpu)), Median(deviceCosts.Select(cost => cost.Cpu)), "0.00");
        Row("calls/s", Median(bareCosts.Select(cost => cost.PerSecond)), Median(deviceCosts.Select(cost => cost.PerSecond)), "N0");
        Row($"heap bytes/idle grain ({Idle:N0})", bareIdle.Bytes, deviceIdle.Bytes, "N0");
        Row("cold activations/s", bareIdle.ActivationsPerSecond, deviceIdle.ActivationsPerSecond, "N0");
        await silo.StopAsync();
    }

    private static BareReading BareReadingOf(int number) =>
        new(DateTimeOffset.UnixEpoch.AddMilliseconds(number), [.. Names.Select((name, i) => new BareMetric(name.Value, number + i))]);

    private static TwinCommand.Ingest CommandOf(int number)
    {
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        return new TwinCommand.Ingest(new Reading(now, now, [.. Names.Select((name, i) => new Metric(name, MetricValue.Of(number + i)))]), MessageKey.None, false, false, null);
    }

    private static void Row(string name, double bare, double device, string format) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {bare.ToString(format, CultureInfo.InvariantCulture)} | {device.ToString(format, CultureInfo.InvariantCulture)} | {device / bare:0.00} |"));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
