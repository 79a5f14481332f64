using Microsoft.Extensions.Logging;

namespace OrleansIot.DeviceAgent.Demo;

/// <summary>Runs a simulated fleet: real MQTT connections, one per device, publishing to <c>dt/devices/{id}/telemetry</c>.</summary>
public sealed partial class DemoFleet
{
    private static readonly TimeSpan FirstExcursion = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMinutes(1);

    // Out of ten devices; the first is a boiler, whatever the size of the fleet.
    private static readonly string[] Kinds = ["boiler", "pump", "meter", "meter", "pump", "meter", "boiler", "meter", "pump", "meter"];

    private readonly DemoFleetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <exception cref="ArgumentException">The options have problems; the message names each and its mend.</exception>
    public DemoFleet(DemoFleetOptions options, TimeProvider time, ILogger<DemoFleet> log)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));

        _options = options;
        _time = time;
        _log = log;
        Devices = [.. CreateDevices()];
    }

    /// <summary>The ids of the devices: demo-boiler-1, demo-pump-1, demo-meter-1 and so on: no name that somebody might give a device of their own.</summary>
    public IReadOnlyList<string> DeviceIds => [.. Devices.Select(entry => entry.Device.Id)];

    internal IReadOnlyList<(SimulatedDevice Device, Episodes DropOuts, Random Random)> Devices { get; }

    /// <summary>Runs until cancelled. A broker that is away is tried again for ever.</summary>
    public Task RunAsync(CancellationToken cancellation)
    {
        LogStarted(_log, Devices.Count, _options.Broker.Host, _options.Broker.Port);
        var start = _time.GetTimestamp();
        return Task.WhenAll(Devices.Select(entry =>
            new DemoUplink(entry.Device, entry.DropOuts, entry.Random, _options, _time, start, _log).RunAsync(cancellation)));
    }

    private IEnumerable<(SimulatedDevice Device, Episodes DropOuts, Random Random)> CreateDevices()
    {
        var numbers = new Dictionary<string, int>();
        for (var i = 0; i < _options.Devices; i++)
        {
            // One source of random numbers per device: what one does never changes what another does.
            var random = new Random(unchecked((_options.Seed * 1_000_003) + i));
            var excursions = new Episodes(
                random,
                meanGap: _options.ExcursionEvery * _options.Devices,
                shortest: TimeSpan.FromMinutes(1),
                longest: TimeSpan.FromMinutes(3),
                first: i == 0 ? FirstExcursion : null);
            var dropOuts = new Episodes(
                random,
                meanGap: _options.DropOutEvery * _options.Devices,
                shortest: TimeSpan.FromMinutes(1),
                longest: TimeSpan.FromMinutes(2),
                notBefore: SettlingTime);

            var kind = Kinds[i % Kinds.Length];
            var id = $"demo-{kind}-{numbers[kind] = numbers.GetValueOrDefault(kind) + 1}";
            SimulatedDevice device = kind switch
            {
                "boiler" => new Boiler(id, random, excursions),
                "pump" => new Pump(id, random, excursions),
                _ => new Meter(id, random, excursions),
            };
            yield return (device, dropOuts, random);
        }
    }

    [LoggerMessage(8101, LogLevel.Information, "A demo fleet of {Devices} devices publishes to {Host}:{Port}")]
    private static partial void LogStarted(ILogger logger, int devices, string host, int port);
}
