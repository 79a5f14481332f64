using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Tests.Host;

/// <summary>A history that answers what a test put in, and remembers what it was asked.</summary>
internal sealed class LocalHistory : IReadingHistory
{
    public SeriesQuery? Asked { get; private set; }

    public (Instant From, Instant To, int Limit)? AskedReadings { get; private set; }

    public Exception? Failure { get; set; }

    public Series Answer { get; set; } = new([], TimeSpan.FromSeconds(12));

    /// <summary>Of devices that have their own.</summary>
    public Dictionary<DeviceId, Series> Answers { get; } = [];

    public IReadOnlyList<Reading> Kept { get; set; } = [];

    public ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation)
    {
        Asked = query;
        return Failure is null ? new(Answers.GetValueOrDefault(query.Device, Answer)) : throw Failure;
    }

    public ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        AskedReadings = (from, to, limit);
        return new(Kept);
    }

    /// <summary>Pages of an export, where there is something else than nothing.</summary>
    public Func<DeviceId, Instant, int, CancellationToken, IReadOnlyList<Reading>>? Pages { get; set; }

    public ValueTask<IReadOnlyList<Reading>> Oldest(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation) =>
        new(Pages?.Invoke(device, from, limit, cancellation) ?? Kept);

    public ValueTask Expire(KeptSince kept, CancellationToken cancellation) => default;
}

/// <summary>An outbox that a test fills with deliveries.</summary>
internal sealed class LocalOutbox : IOutbox
{
    public List<Delivery> Deliveries { get; } = [];

    public ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation) =>
        new([.. Deliveries.Where(delivery => delivery.Message.Alert.Id == alert)]);

    public ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation) => new([]);

    public ValueTask<Instant?> NextDue(CancellationToken cancellation) => new((Instant?)null);

    public ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation) => default;

    public ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation) => new(Deliveries);

    public Task Added(CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
