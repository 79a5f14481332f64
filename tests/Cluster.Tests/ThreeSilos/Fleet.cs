using OrleansIot.DeviceSwarm;
using OrleansIot.Scenarios.Clients;
using OrleansIot.TestKit;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

/// <summary>Devices with a connection each, dealt out to the silos, that send at a steady rate and go to another silo when theirs is gone.</summary>
public sealed class Fleet : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SwarmOptions _options;
    private readonly long _started;

    public Fleet(SiloCluster cluster, int devices, double rate)
    {
        _options = new SwarmOptions
        {
            Brokers = [.. cluster.Entries.Select(entry => new BrokerAddress("127.0.0.1", entry.MqttPort))],
            Devices = devices,
            Connections = devices,
            Rate = rate,
            Messages = null,
            Duration = TimeSpan.FromMinutes(5),
            AckLog = Acked.Log,
            MessageIds = true,
            ReconnectTries = 600,
        };
        _started = TimeProvider.System.GetTimestamp();
        Running = new Swarm(_options, TimeProvider.System).Run(_stop.Token);
    }

    public AckedMessages Acked { get; } = new();

    public Task<SwarmResult> Running { get; }

    public IEnumerable<string> DeviceIds => Enumerable.Range(0, _options.Devices).Select(_options.DeviceId);

    /// <summary>How long a device waits between two messages.</summary>
    public TimeSpan Period => TimeSpan.FromSeconds(_options.Devices / _options.Rate);

    public long HighestAcked => Acked.Read().Select(message => message.Sequence).DefaultIfEmpty().Max();

    /// <summary>Completes when every device has a message acknowledged that it made after that moment.</summary>
    public async Task IsServedSince(long moment)
    {
        try
        {
            await Eventually.IsTrue("every device is served", () => Task.FromResult(NotServedSince(moment).Count == 0), TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} Not served: {string.Join(", ", NotServedSince(moment))}.", e);
        }
    }

    /// <summary>Ends the sending; what is under way is still waited for.</summary>
    public Task<SwarmResult> Stop()
    {
        _stop.Cancel();
        return Running;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        Acked.Dispose();
    }

    /// <summary>
    /// The devices that have no message acknowledged yet which they made after that moment. When a message is due follows from the
    /// rate; the swarm made its first a little after <see cref="_started"/>, so none is taken for later than it was.
    /// </summary>
    private IReadOnlyCollection<string> NotServedSince(long moment)
    {
        var highest = Acked.Read().GroupBy(message => message.Device).ToDictionary(messages => messages.Key, messages => messages.Max(message => message.Sequence));
        var periods = TimeProvider.System.GetElapsedTime(_started, moment) / Period;
        return [.. Enumerable.Range(0, _options.Devices)
            .Where(number => highest.GetValueOrDefault(_options.DeviceId(number)) - 1 + ((double)number / _options.Devices) <= periods)
            .Select(_options.DeviceId)];
    }
}
