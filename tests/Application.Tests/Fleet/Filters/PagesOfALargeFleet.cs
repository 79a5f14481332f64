using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Fleet.Filters;

/// <summary>A measurement, not a check: run it by name with <c>-- xUnit.Explicit=only</c>.</summary>
public sealed class PagesOfALargeFleet(ITestOutputHelper output)
{
    private const int Devices = 100_000;
    private const int Rounds = 200;

    [Fact(Explicit = true)]
    public async Task How_long_a_filtered_sorted_page_of_100_000_twins_takes()
    {
        var time = new ManualTime();
        var now = Instant.From(time.GetUtcNow());
        using var fleet = new FleetIndex(time, Options.Create(new MassDisconnectOptions()), NullLogger<FleetIndex>.Instance);
        var random = new Random(5);
        MetricName[] metrics = [.. new[] { "cpu", "memory", "disk", "uptime", "rpm", "pressure", "voltage", "temperature" }.Select(MetricName.Parse)];
        foreach (var number in Enumerable.Range(0, Devices).OrderBy(_ => random.Next()))
        {
            var device = DeviceId.Parse($"device-{number:000000}");
            var twin = new Twin(device)
            {
                Version = 1,
                Description = new DeviceDescription($"Device {number}", number % 4 == 0 ? "pump" : "fan", $"Hall {number % 50}", ["north"]),
                Connectivity = DeviceStatus.Online,
                LastSeen = now - TimeSpan.FromSeconds(random.Next(600)),
                Readings = LastValues.Of(metrics.Select(metric => new LastValue(metric, MetricValue.Of(random.NextDouble() * 100), now))),
            };
            fleet.Announce(new Twin(device), new TwinView(twin, null), ImmutableArray<TwinEvent>.Empty);
        }

        foreach (var (filter, sort) in new[]
        {
            ("type eq 'pump' and temperature gt 70", "-temperature,id"),
            ("type eq 'pump' and temperature gt 70", null),
            ("contains(location,'hall 7') or lastSeen lt now-5m and not rpm le 20", "name"),
            (null, "-lastSeen"),
            (null, "-id"),
            (null, null),
        })
        {
            var times = new List<double>();
            string? cursor = null;
            var total = 0;
            var processor = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Rounds; i++)
            {
                var began = Stopwatch.GetTimestamp();
                var page = await fleet.List(new DeviceQuery(Filter: filter, Sort: sort, Cursor: cursor, Limit: 100));
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                (cursor, total) = (page.Next, page.Total);
            }

            var cpu = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / Rounds;
            times.Sort();
            output.WriteLine($"{filter ?? "(all)"} | {sort ?? "(id)"} | {total} match | p50 {times[Rounds / 2]:0.0} ms, p99 {times[Rounds * 99 / 100]:0.0} ms, processor {cpu:0.0} ms");
        }
    }
}
