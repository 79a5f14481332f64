using System.Collections.Immutable;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Tests.Host;

/// <summary>All events since the start, and a horizon that a test sets.</summary>
internal sealed class LocalPast : ITwinJournal, ITwinCheckpoints
{
    private readonly Lock _lock = new();
    private readonly List<(DeviceId Device, TwinEvent Event)> _events = [];

    public Instant Horizon { get; set; } = Instant.MinValue;

    public void Add(DeviceId device, ImmutableArray<TwinEvent> events)
    {
        lock (_lock)
            _events.AddRange(events.Select(happened => (device, happened)));
    }

    public ValueTask<PastStart> Find(DeviceId device, Instant at, CancellationToken cancellation) =>
        new(at < Horizon ? new PastStart.Expired(Horizon) : new PastStart.From(new Twin(device)));

    public IAsyncEnumerable<JournaledEvent> Read(DeviceId device, long afterVersion, CancellationToken cancellation)
    {
        lock (_lock)
            return _events.Where(one => one.Device == device).Select((one, i) => new JournaledEvent(i + 1, one.Event)).Where(one => one.Version > afterVersion).ToArray().ToAsyncEnumerable();
    }

    public ValueTask Append(TwinAppend append, CancellationToken cancellation) => throw new NotSupportedException("The twins here add by themselves.");
}
