using System.Collections.Immutable;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Notifications.Tests.Host;

/// <summary>An outbox of which a test can await what is recorded, and which fails to record when it is told to.</summary>
internal sealed class WatchedOutbox : IOutbox
{
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    private readonly InMemoryOutbox _inner = new();
    private readonly SemaphoreSlim _recorded = new(0);
    private int _failures;
    private int _refusals;

    public void Add(params ImmutableArray<OutboxMessage> messages) => _inner.Add(messages);

    public void FailToRecord(int times) => _failures = times;

    /// <summary>As when another process has the message.</summary>
    public void RefuseClaims(int times) => _refusals = times;

    /// <summary>The delivery as soon as it is as expected; every record is looked at.</summary>
    public async Task<Delivery> Until(string what, OutboxMessage message, Func<Delivery, bool> expected)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var delivery = (await Of(message.Alert.Id, CancellationToken.None)).Single(one => one.Message.Id == message.Id);
            if (expected(delivery))
                return delivery;

            var left = Limit - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !await _recorded.WaitAsync(left))
                throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}. It is {delivery}.");
        }
    }

    public ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation) => _inner.Due(now, limit, cancellation);

    public ValueTask<Instant?> NextDue(CancellationToken cancellation) => _inner.NextDue(cancellation);

    public ValueTask<bool> Claim(Delivery delivery, Instant until, CancellationToken cancellation) => ValueTask.FromResult(Interlocked.Decrement(ref _refusals) < 0);

    public async ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation)
    {
        if (Interlocked.Decrement(ref _failures) >= 0)
            throw new IOException("The disk is full.");

        await _inner.Record(message, status, attempts, at, dueAt, outcome, cancellation);
        _recorded.Release();
    }

    public ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation) => _inner.Of(alert, cancellation);

    public ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation) => _inner.Latest(limit, cancellation);

    public Task Added(CancellationToken cancellation) => _inner.Added(cancellation);
}
